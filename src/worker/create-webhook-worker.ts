import { Worker } from '@temporalio/worker';
import type { WebhookContext } from '../activities/webhooks/context.ts';
import { createWebhooks } from '../activities/webhooks/webhooks.ts';
import { webhooksTaskQueue } from '../workflows/webhooks/messages.ts';
import { sharedOptions, type WorkerContext, type WorkerSettings } from './create-worker.ts';

/** The worker that sends webhooks; a queue of its own, so that a receiver that hangs takes a slot from nobody else. */
export async function createWebhookWorker(
  ctx: WorkerContext & WebhookContext,
  settings: WorkerSettings,
): Promise<Worker> {
  const isStopping = (): boolean => worker.getState() !== 'RUNNING';
  const worker = await Worker.create({
    ...sharedOptions(ctx, settings),
    taskQueue: webhooksTaskQueue,
    activities: createWebhooks({ ...ctx, isStopping }),
    maxConcurrentActivityTaskExecutions: settings.tuning.maxWebhooks,
  });
  return worker;
}
