import { Worker } from '@temporalio/worker';
import { createMaintenanceActivities, type MaintenanceContext } from '../activities/index.ts';
import { maintenanceTaskQueue } from '../workflows/order/messages.ts';
import { sharedOptions, type WorkerContext, type WorkerSettings } from './create-worker.ts';

/** The parts of a pass follow each other; the other slots are for alerts, which must not wait for one. */
const slots = 8;

/** The worker of what keeps the service itself in order; a queue of its own, so that it takes no slot from an order. */
export async function createMaintenanceWorker(
  ctx: WorkerContext & MaintenanceContext,
  settings: WorkerSettings,
): Promise<Worker> {
  return Worker.create({
    ...sharedOptions(ctx, settings),
    taskQueue: maintenanceTaskQueue,
    activities: createMaintenanceActivities(ctx),
    maxConcurrentActivityTaskExecutions: slots,
  });
}
