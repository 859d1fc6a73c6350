import type { Config } from '../config/config.ts';
import type { Logger } from '../telemetry/logger.ts';
import { describeQueues } from './describe-queues.ts';

/** Says what a process serves, and how: the line that shows whether a variable has come through. */
export function tellServed({ worker, jobs, shutdownGraceMs }: Config, logger: Logger): void {
  const { queues, workflowThreads, maxWorkflowTasks, maxLocalActivities, maxCachedWorkflows } = worker;
  const { stickyTimeoutMs } = worker;
  const workflows = {
    workflowThreads,
    maxWorkflowTasks,
    maxLocalActivities,
    maxCachedWorkflows,
    stickyTimeoutMs,
  };
  logger.info(
    { event: 'queues', queues, batches: jobs.batches, workflows, shutdownGraceMs },
    `serving ${describeQueues(queues)}`,
  );
}
