import { putBack, type ClaimedJob } from '../../db/jobs/queue.ts';
import type { JobRules } from '../../domain/job-type.ts';
import { describeFailure } from '../failures.ts';
import type { JobDispatcherParts } from './dispatcher.ts';
import { lotsOf, type Lot } from './lot.ts';
import { startLot } from './start-lot.ts';

/**
 * Hands claimed jobs to Temporal. Never throws: what did not get there goes back into the queue, or is tried once more. Only the
 * first claim tells how long they have waited: most of those that are claimed `again` are in Temporal since then.
 */
export type HandOver = (jobs: readonly ClaimedJob[], claimed: 'first' | 'again') => Promise<void>;

export function createHandOver(parts: JobDispatcherParts): HandOver {
  const { config, pool, temporal, isTemporalStillUp, types, logger, events } = parts;
  const known = new Map(types.map((rules) => [rules.name, rules]));

  function rulesOf(type: string): JobRules {
    const rules = known.get(type);
    if (rules) return rules;
    throw new Error(`a job of type ${type} was claimed, which this process does not know`);
  }

  function tellDispatched({ workflowId, jobs }: Lot): void {
    for (const { jobId, type: jobType, waitedMs } of jobs)
      events.jobDispatched({ jobId, jobType, workflowId, waitedMs });
  }

  /** Gives the jobs that have to go back. */
  async function handOver(lot: Lot, claimed: 'first' | 'again'): Promise<readonly ClaimedJob[]> {
    const { workflowId, jobs } = lot;
    try {
      const state = await temporal.withTimeout(config.callTimeoutMs, () => startLot(temporal, lot, rulesOf));
      if (state === 'ended') return jobs;
      if (claimed === 'first') tellDispatched(lot);
      return [];
    } catch (error) {
      if (!(await isTemporalStillUp())) return jobs;
      // It is this start's own failure: the jobs are handed over once more when their lease has ended.
      const jobIds = jobs.map(({ jobId }) => jobId);
      const names = new Set(jobs.map(({ type }) => type));
      logger.warn(
        { event: 'jobNotDispatched', workflowId, jobIds, ...describeFailure(error) },
        `${[...names].join(', ')} not handed over`,
      );
      return [];
    }
  }

  return async (jobs, claimed) => {
    const back = (await Promise.all(lotsOf(jobs).map((lot) => handOver(lot, claimed)))).flat();
    if (back.length === 0) return;
    await putBack(pool, back).catch((error: unknown) => {
      // Their leases end all the same.
      logger.warn({ event: 'jobsNotPutBack', err: error }, 'jobs were not put back into the queue');
    });
  };
}
