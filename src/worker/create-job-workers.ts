import { Worker } from '@temporalio/worker';
import { createJobActivities } from '../activities/jobs/activities.ts';
import type { RegisteredJob } from '../activities/jobs/job-handler.ts';
import type { RunnerContext } from '../activities/jobs/runner.ts';
import { heavyTaskQueue, jobsTaskQueue } from '../workflows/job/messages.ts';
import { bundleWorkflows, sharedOptions, type WorkerContext, type WorkerSettings } from './create-worker.ts';
import { beating } from './heartbeats.ts';
import { allOrNone } from './unrun.ts';

/** What is left of the grace for an attempt to give its job to another worker once it is told to, in milliseconds. */
const handOverMs = 2_000;

/**
 * The workers of jobs: runs and light attempts, and beside them the heavy attempts, each with its own slots, so that neither
 * takes one from an order.
 */
export async function createJobWorkers(
  ctx: Pick<WorkerContext, 'pool' | 'events' | 'logger'> & RunnerContext,
  registered: readonly RegisteredJob[],
  settings: WorkerSettings,
): Promise<Worker[]> {
  const { tuning } = settings;
  const shared = {
    ...sharedOptions(ctx, settings),
    shutdownGraceTime: Math.max(0, settings.shutdownGraceMs - handOverMs),
    // An attempt of a job says by itself how it went.
    interceptors: {
      activity: [
        (context: Parameters<typeof beating>[0]) => ({ inbound: beating(context) }),
        ...(settings.innerInterceptors ?? []),
      ],
    },
    activities: createJobActivities(ctx, registered),
  };
  const light = Worker.create({
    ...shared,
    taskQueue: jobsTaskQueue,
    workflowBundle: await bundleWorkflows(
      settings.dataConverter.failureConverterPath,
      ctx.logger.child({}, { level: 'warn' }),
    ),
    maxConcurrentWorkflowTaskExecutions: tuning.maxWorkflowTasks,
    maxConcurrentActivityTaskExecutions: tuning.maxJobs,
    maxConcurrentLocalActivityExecutions: tuning.maxJobs,
    maxConcurrentWorkflowTaskPolls: tuning.pollers,
    maxConcurrentActivityTaskPolls: tuning.pollers,
    maxCachedWorkflows: tuning.maxCachedWorkflows,
    workflowThreadPoolSize: tuning.workflowThreads,
    stickyQueueScheduleToStartTimeout: tuning.stickyTimeoutMs,
  });
  const heavy = Worker.create({
    ...shared,
    taskQueue: heavyTaskQueue,
    maxConcurrentActivityTaskExecutions: tuning.maxHeavyJobs,
  });
  return allOrNone([light, heavy]);
}
