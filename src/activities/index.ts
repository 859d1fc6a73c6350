import type { ActivityContext } from './context.ts';
import { createNotices } from './notices.ts';
import { createOrders } from './orders.ts';
import { createAuthorization } from './payments/authorize.ts';
import { createCapture } from './payments/capture.ts';
import { createShipping } from './shipping.ts';
import { createStock } from './stock.ts';

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

export type OrderActivities = ReturnType<typeof createOrderActivities>;
export type NoticeActivities = ReturnType<typeof createNoticeActivities>;
