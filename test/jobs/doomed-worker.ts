/**
 * A worker's process in which each job stops dead at the point that it asks for, until somebody kills the process. It tells its
 * parent over IPC when a job is there.
 */
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Context } from '@temporalio/activity';
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { doomedJobs } from './crash-types.ts';

/** What the worker says: it runs; a job is at its point. */
export type FromDoomed = { readonly ready: true } | { readonly reached: string };

const afterCommit = new Set<string>();

function say(message: FromDoomed): void {
  process.send?.(message);
}

async function stopDead(jobId: string): Promise<never> {
  say({ reached: jobId });
  return new Promise(() => undefined);
}

const registered = doomedJobs(async (point, { jobId, input }) => {
  if (input.point === 'after the commit') afterCommit.add(jobId);
  if (input.point === point) await stopDead(jobId);
});

/** From the id of its run: `job-<id>-<number>`. */
function jobIdOf({ info }: Context): string {
  return info.workflowExecution?.workflowId.replace(/^job-/, '').replace(/-\d+$/, '') ?? '';
}

/** Between what the attempt has committed and what Temporal hears of it. */
function beforeReport(context: Context): { inbound: ActivityInboundCallsInterceptor } {
  return {
    inbound: {
      async execute(input, next) {
        const result = await next(input);
        const jobId = jobIdOf(context);
        if (afterCommit.has(jobId)) await stopDead(jobId);
        return result;
      },
    },
  };
}

// Nobody is left to kill it.
process.once('disconnect', () => process.exit(1));

quietTemporal();
const config = loadConfig(process.env);
const context = createContext(config, 'worker');
const workers = await createQueueWorkers(['jobs', 'heavy'], workerParts(context), registered, {
  connection: await connectWorker(config.temporal),
  namespace: config.temporal.namespace,
  identity: context.identity,
  buildId: config.buildId,
  shutdownGraceMs: config.shutdownGraceMs,
  tuning: config.worker,
  dataConverter: context.dataConverter,
  innerInterceptors: [beforeReport],
});
say({ ready: true });
await Promise.all(workers.map((worker) => worker.run()));
