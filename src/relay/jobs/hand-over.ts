import { putBack, type ClaimedJob } from '../../db/job-queue.ts';
import { jobWorkflowId } from '../../domain/ids.ts';
import { describeFailure } from '../failures.ts';
import type { JobDispatcherParts } from './dispatcher.ts';
import { startJob } from './start-job.ts';

/** Hands claimed jobs to Temporal. Never throws: what did not get there goes back into the queue, or is tried once more. */
export type HandOver = (jobs: readonly ClaimedJob[]) => Promise<void>;

export function createHandOver(parts: JobDispatcherParts): HandOver {
  const { config, pool, temporal, isTemporalStillUp, types, logger, events } = parts;
  const rulesOf = new Map(types.map((rules) => [rules.name, rules]));

  /** Whether the job has to go back. */
  async function handOver(job: ClaimedJob): Promise<boolean> {
    const { jobId, type: jobType, dispatch, waitedMs } = job;
    const rules = rulesOf.get(jobType);
    if (!rules) throw new Error(`a job of type ${jobType} was claimed, which this process does not know`);
    const fact = { jobId, jobType, workflowId: jobWorkflowId(jobId, dispatch) };
    try {
      const state = await temporal.withTimeout(config.callTimeoutMs, () => startJob(temporal, job, rules));
      if (state === 'runs') events.jobDispatched({ ...fact, waitedMs });
      return state === 'ended';
    } catch (error) {
      if (!(await isTemporalStillUp())) return true;
      // It is this start's own failure: the job is handed over once more when its lease has ended.
      logger.warn(
        { event: 'jobNotDispatched', ...fact, ...describeFailure(error) },
        `${jobType} not handed over`,
      );
      return false;
    }
  }

  return async (jobs) => {
    const goBack = await Promise.all(jobs.map(handOver));
    const back = jobs.filter((_job, index) => goBack[index]);
    if (back.length === 0) return;
    await putBack(pool, back).catch((error: unknown) => {
      // Their leases end all the same.
      logger.warn({ event: 'jobsNotPutBack', err: error }, 'jobs were not put back into the queue');
    });
  };
}
