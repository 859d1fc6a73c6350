import { Worker, type ActivityInterceptorsFactory, type WorkflowBundle } from '@temporalio/worker';
import {
  createMaintenanceActivities,
  createNoticeActivities,
  createOrderActivities,
} from '../activities/index.ts';
import { createJobActivities } from '../activities/jobs/activities.ts';
import type { RegisteredJob } from '../activities/jobs/job-handler.ts';
import { createWebhooks } from '../activities/webhooks/webhooks.ts';
import type { QueueConfig } from '../config/worker-queues.ts';
import type { QueueName } from '../domain/queue.ts';
import { lazily } from '../lazily.ts';
import { heavyTaskQueue, jobsTaskQueue } from '../workflows/job/messages.ts';
import { maintenanceTaskQueue, noticesTaskQueue, ordersTaskQueue } from '../workflows/order/messages.ts';
import { webhooksTaskQueue } from '../workflows/webhooks/messages.ts';
import { bound, createAttemptInterceptor } from './attempts.ts';
import { beating } from './heartbeats.ts';
import { atMost } from './job-attempts.ts';
import { allOrNone } from './unrun.ts';
import type { WorkerParts } from './worker-parts.ts';
import { workflowBundle } from './workflow-bundle.ts';
import { activitySlots, sharedOptions, workflowSlots, type WorkerSettings } from './worker-settings.ts';

/** What is left of the grace for an attempt to give its job to another worker once it is told to, in milliseconds. */
const handOverMs = 2_000;

interface Making {
  readonly parts: WorkerParts;
  readonly registered: readonly RegisteredJob[];
  readonly settings: WorkerSettings;
  readonly queue: QueueConfig;
  /** Made once, for whoever runs workflows. */
  readonly workflowBundle: () => Promise<WorkflowBundle>;
}

/** The workers of these queues, each of which has its configuration; all of them, or none where one cannot be made. */
export async function createQueueWorkers(
  queues: readonly QueueName[],
  parts: WorkerParts,
  registered: readonly RegisteredJob[],
  settings: WorkerSettings,
): Promise<Worker[]> {
  const { failureConverterPath } = settings.dataConverter;
  const { bundlesFolder } = settings.tuning;
  const bundle = lazily(() => workflowBundle(bundlesFolder, failureConverterPath, parts.logger));
  return allOrNone(
    queues.map(async (name) => {
      const queue = settings.tuning.queues[name];
      if (!queue) throw new Error(`the queue ${name} is not configured`);
      return makers[name]({ parts, registered, settings, queue, workflowBundle: () => bundle.get() });
    }),
  );
}

const makers: Record<QueueName, (making: Making) => Promise<Worker>> = {
  /** Workflows, all but those of jobs, and the activities of orders. */
  async orders(making) {
    const { parts, settings, queue } = making;
    return Worker.create({
      ...sharedOptions(settings, recording(making)),
      ...activitySlots(queue),
      ...workflowSlots(settings.tuning, queue),
      taskQueue: ordersTaskQueue,
      workflowBundle: await making.workflowBundle(),
      activities: createOrderActivities(parts),
      maxConcurrentLocalActivityExecutions: settings.tuning.maxLocalActivities,
    });
  },

  async notices(making) {
    return Worker.create({
      ...sharedOptions(making.settings, recording(making)),
      ...activitySlots(making.queue),
      taskQueue: noticesTaskQueue,
      activities: createNoticeActivities(making.parts),
    });
  },

  async webhooks(making) {
    const isStopping = (): boolean => worker.getState() !== 'RUNNING';
    const worker = await Worker.create({
      ...sharedOptions(making.settings, recording(making)),
      ...activitySlots(making.queue),
      taskQueue: webhooksTaskQueue,
      activities: createWebhooks({ ...making.parts, isStopping }),
    });
    return worker;
  },

  /** Runs of jobs, light and heavy, and the attempts of light ones. */
  async jobs(making) {
    const { settings, queue } = making;
    return Worker.create({
      ...jobOptions(making),
      ...workflowSlots(settings.tuning, queue),
      taskQueue: jobsTaskQueue,
      workflowBundle: await making.workflowBundle(),
      maxConcurrentLocalActivityExecutions: queue.concurrency,
    });
  },

  async heavy(making) {
    return Worker.create({ ...jobOptions(making), taskQueue: heavyTaskQueue });
  },

  async maintenance(making) {
    return Worker.create({
      ...sharedOptions(making.settings, recording(making)),
      ...activitySlots(making.queue),
      taskQueue: maintenanceTaskQueue,
      activities: createMaintenanceActivities(making.parts),
    });
  },
};

/** Around every attempt but those of jobs: heartbeats, logs, metrics, and failures with their delay. */
function recording({ parts, settings }: Making): ActivityInterceptorsFactory {
  const { pool, events, logger } = parts;
  const intercept = createAttemptInterceptor({ pool, events, logger, identity: settings.identity });
  return (context) => ({ inbound: intercept(bound(context)) });
}

/** An attempt of a job says by itself how it went. */
function jobOptions({ parts, registered, settings, queue }: Making) {
  return {
    ...sharedOptions(settings, (context) => ({ inbound: beating(context) })),
    ...activitySlots(queue),
    shutdownGraceTime: Math.max(0, settings.shutdownGraceMs - handOverMs),
    activities: createJobActivities(parts, registered.map(atMost(queue.attempts))),
  };
}
