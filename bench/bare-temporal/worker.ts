/** A worker of the bare workflows, in a process of its own as the service's are, with the settings that those have. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkerConfig } from '../../src/config/config.ts';
import type { QueueConfig } from '../../src/config/worker-queues.ts';
import { createBareActivities } from './activities.ts';
import { barePool } from './database.ts';
import { bareTaskQueue } from './messages.ts';

/** What the parent says in the first argument. */
export interface BareWorkerPlan {
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly address: string;
  readonly namespace: string;
  readonly tuning: WorkerConfig;
  /** As the queue of orders is served. */
  readonly orders: QueueConfig;
}

const { databaseUrl, poolSize, address, namespace, tuning, orders }: BareWorkerPlan = JSON.parse(
  process.argv[2] ?? '',
);
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const pool = barePool(databaseUrl, poolSize);
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: bareTaskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
  activities: createBareActivities(pool),
  maxConcurrentWorkflowTaskExecutions: tuning.maxWorkflowTasks,
  maxConcurrentActivityTaskExecutions: orders.concurrency,
  maxConcurrentLocalActivityExecutions: tuning.maxLocalActivities,
  maxConcurrentWorkflowTaskPolls: orders.pollers,
  maxConcurrentActivityTaskPolls: orders.pollers,
  maxCachedWorkflows: tuning.maxCachedWorkflows,
  workflowThreadPoolSize: tuning.workflowThreads,
  stickyQueueScheduleToStartTimeout: tuning.stickyTimeoutMs,
});
process.once('disconnect', () => process.exit(0)); // Nobody is left to measure.
const running = worker.run();
process.send?.('ready');
await running;
