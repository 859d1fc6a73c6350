import { createAlerts, type AlertContext } from './alerts.ts';
import type { ActivityContext } from './context.ts';
import { createNotices } from './notices.ts';
import { createOrders } from './orders.ts';
import { createAuthorization } from './payments/authorize.ts';
import { createCapture } from './payments/capture.ts';
import { createBooksLook } from './reconcile/books.ts';
import type { ReconcileContext } from './reconcile/context.ts';
import { createJobLook, type JobLookContext } from './reconcile/jobs.ts';
import { createMoneyLook } from './reconcile/money.ts';
import { createParcelLook } from './reconcile/parcels.ts';
import { createRunLook } from './reconcile/runs.ts';
import { createScheduleLook, type ScheduleLookContext } from './reconcile/schedules.ts';
import { createShipping } from './shipping.ts';
import { createStock } from './stock.ts';
import { createTicks, type TickContext } from './ticks.ts';

/** The activities of the orders queue. */
export function createOrderActivities(ctx: ActivityContext) {
  return {
    ...createStock(ctx),
    ...createAuthorization(ctx),
    ...createCapture(ctx),
    ...createShipping(ctx),
    ...createOrders(ctx),
  };
}

/** The activities of the notices queue. */
export function createNoticeActivities(ctx: ActivityContext) {
  return createNotices(ctx);
}

/** The activities of the maintenance queue. */
export function createMaintenanceActivities(ctx: MaintenanceContext) {
  const saga = createOrderActivities(ctx);
  return {
    ...createAlerts(ctx),
    ...createRunLook(ctx),
    ...createMoneyLook(ctx, saga),
    ...createParcelLook(ctx, saga),
    ...createBooksLook(ctx, saga),
    ...createScheduleLook(ctx),
    ...createJobLook(ctx),
    ...createTicks(ctx),
  };
}

export type MaintenanceContext = AlertContext &
  ReconcileContext &
  TickContext &
  ScheduleLookContext &
  JobLookContext;

export type MaintenanceActivities = ReturnType<typeof createMaintenanceActivities>;
export type OrderActivities = ReturnType<typeof createOrderActivities>;
