/**
 * A worker's process in which each job stops dead at the point that it asks for, until somebody kills the process. It tells its
 * parent over IPC when a job is there.
 */
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { JobRef } from '../../src/activities/jobs/activities.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
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

/** Between what the attempt has committed and what Temporal hears of it. */
function beforeReport(): { inbound: ActivityInboundCallsInterceptor } {
  return {
    inbound: {
      async execute(input, next) {
        const result = await next(input);
        const [ref]: unknown[] = input.args;
        const jobId = isJobRef(ref) ? ref.jobId : '';
        if (afterCommit.has(jobId)) await stopDead(jobId);
        return result;
      },
    },
  };
}

function isJobRef(ref: unknown): ref is JobRef {
  return typeof ref === 'object' && ref !== null && 'jobId' in ref;
}

// Nobody is left to kill it.
process.once('disconnect', () => process.exit(1));

quietTemporal();
const config = loadConfig(process.env);
const context = createContext(config, 'worker');
const workers = await createQueueWorkers(['jobs', 'heavy'], workerParts(context), registered, {
  ...workerSettings(context, await connectWorker(config.temporal)),
  innerInterceptors: [beforeReport],
});
say({ ready: true });
await Promise.all(workers.map((worker) => worker.run()));
