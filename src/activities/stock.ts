import { transaction } from '../db/pool.ts';
import { record } from '../db/orders/events.ts';
import { lock, lockForward } from '../db/orders/life.ts';
import * as steps from '../db/orders/steps.ts';
import * as stock from '../db/products/stock.ts';
import type { ActivityContext, OrderRef } from './context.ts';

const step = 'reserve_stock';

export function createStock({ pool }: Pick<ActivityContext, 'pool'>) {
  return {
    /** Reserves all lines or none; refuses with `OutOfStock`. */
    async reserveStock({ orderId }: OrderRef): Promise<void> {
      await stock.refuseIfSoldOut(pool, orderId);
      await transaction(pool, async (tx) => {
        await lockForward(tx, orderId);
        await steps.intend(tx, orderId, step);
        const { first, durationMs } = await steps.land(tx, orderId, step);
        if (!first) return;
        await record(
          tx,
          orderId,
          { type: 'stock.reserved', durationMs },
          { status: 'processing', fulfillmentStatus: 'reserved' },
        );
        await stock.reserve(tx, orderId);
      });
    },

    async releaseStock({ orderId }: OrderRef): Promise<void> {
      await transaction(pool, async (tx) => {
        await lock(tx, orderId);
        const { before } = await steps.beginUndo(tx, orderId, step);
        if (!(await steps.finishUndo(tx, orderId, step))) return;
        if (before !== 'landed') return;
        await record(tx, orderId, { type: 'stock.released' }, { fulfillmentStatus: 'released' });
        await stock.release(tx, orderId);
      });
    },
  };
}
