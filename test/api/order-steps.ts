import type { Pool } from 'pg';
import { record, type OrderEvent, type OrderMove } from '../../src/db/orders/events.ts';
import { transaction } from '../../src/db/pool.ts';
import type { TestApi } from './start-api.ts';
import { newOrder } from './shop.ts';

/** Places an order and gives its id. */
export async function placeOne({ call }: Pick<TestApi, 'call'>): Promise<string> {
  const { body } = await call('POST /orders', { json: newOrder() });
  return String(body.orderId);
}

/** Commits one event of an order, as a step of the saga does. */
export async function happen(
  pool: Pool,
  orderId: string,
  type: OrderEvent['type'],
  move: OrderMove = {},
): Promise<void> {
  await transaction(pool, (tx) => record(tx, orderId, { type }, move));
}

/** Takes an order to `confirmed`. */
export async function confirmOrder(pool: Pool, orderId: string): Promise<void> {
  await happen(pool, orderId, 'stock.reserved', { status: 'processing', fulfillmentStatus: 'reserved' });
  await happen(pool, orderId, 'payment.authorized', { paymentStatus: 'authorized' });
  await happen(pool, orderId, 'order.confirmed', { status: 'confirmed' });
}
