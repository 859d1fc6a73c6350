/** A worker of the shapes, in a process of its own, with the settings that the service's workers have for jobs. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkerConfig } from '../../src/config/config.ts';
import { shapesTaskQueue, type Pieces } from './messages.ts';

/** What the parent says in the first argument. */
export interface ShapesWorkerPlan {
  readonly address: string;
  readonly namespace: string;
  readonly tuning: WorkerConfig;
}

const { address, namespace, tuning }: ShapesWorkerPlan = JSON.parse(process.argv[2] ?? '');
const { jobs } = tuning.queues;
if (!jobs) throw new Error('nobody serves jobs');
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
let done = 0;
const pieces: Pieces = {
  async doPiece() {
    done += 1;
  },
};
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  taskQueue: shapesTaskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
  activities: pieces,
  maxConcurrentWorkflowTaskExecutions: tuning.maxWorkflowTasks,
  maxConcurrentActivityTaskExecutions: jobs.concurrency,
  maxConcurrentLocalActivityExecutions: jobs.concurrency,
  maxConcurrentWorkflowTaskPolls: jobs.pollers,
  maxConcurrentActivityTaskPolls: jobs.pollers,
  maxCachedWorkflows: tuning.maxCachedWorkflows,
  workflowThreadPoolSize: tuning.workflowThreads,
  stickyQueueScheduleToStartTimeout: tuning.stickyTimeoutMs,
});
process.once('disconnect', () => process.exit(0)); // Nobody is left to measure.
process.on('message', () => process.send?.(done));
const running = worker.run();
process.send?.('ready');
await running;
