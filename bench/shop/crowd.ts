import { setTimeout as pause } from 'node:timers/promises';
import type { OrderStatus } from '../../src/domain/order.ts';
import type { Shop } from './open-shop.ts';
import { placeOne } from './orders.ts';
import type { Basket } from './storefront.ts';

/** How each order has to end, by its id. */
export type Ends = Map<string, OrderStatus>;

const scarce = 'SCARCE';

/** Of every ten customers six buy, and the others are these. */
const others: Readonly<Record<number, Basket>> = {
  7: { card: 'pm_card_chargeDeclined' },
  8: { postalCode: '00000' },
  9: { sku: scarce, quantity: 2 },
};
const changesMind = 6;

/** A customer who changes their mind does so within this many milliseconds. */
const changesMindWithinMs = 3_000;

/** Puts into the catalogue what a crowd asks for, one piece of what one in ten wants two of. */
export async function prepareForCrowd({ storefront }: Shop): Promise<void> {
  await storefront.offer(scarce, 1);
}

/**
 * Sends customers of every kind, `atOnce` of them at a time: most buy, some cancel after a while, some cannot be served.
 * Gives how their orders have to end.
 */
export async function sendCrowd(
  shop: Shop,
  count: number,
  atOnce: number,
  random: () => number,
): Promise<Ends> {
  const ends: Ends = new Map();
  const thinking: Promise<void>[] = [];
  let next = 0;
  async function door(): Promise<void> {
    while (next < count) {
      const kind = next % 10;
      next += 1;
      const basket = others[kind];
      const orderId = await placeOne(shop.storefront, basket);
      ends.set(orderId, basket ? 'failed' : 'completed');
      if (kind === changesMind)
        thinking.push(thinkAgain(shop, orderId, random() * changesMindWithinMs, ends));
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, door));
  await Promise.all(thinking);
  return ends;
}

/** An accepted cancel ends in `cancelled`, one that comes too late changes nothing. */
async function thinkAgain({ storefront }: Shop, orderId: string, afterMs: number, ends: Ends): Promise<void> {
  await pause(afterMs);
  const { status } = await storefront.cancel(orderId);
  if (status === 202) ends.set(orderId, 'cancelled');
  else if (status !== 409) throw new Error(`a cancel was answered with ${status}`);
}
