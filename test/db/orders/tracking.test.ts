import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../../../src/db/pool.ts';
import { applyTracking } from '../../../src/db/orders/shipments.ts';
import { newId } from '../../../src/domain/new-id.ts';
import type { ShipmentStatus } from '../../../src/domain/shipment.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let orderId: string;
let trackingCode: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    `insert into products (sku, name, price_minor, currency) values ('MUG', 'Mug', 1200, 'EUR')`,
  );
  await database.pool.query(`insert into stock (sku, warehouse) values ('MUG', 'main')`);
});
afterAll(() => database.drop());

/** A confirmed order of one mug, reserved, with its label bought. */
beforeEach(async () => {
  orderId = newId();
  trackingCode = `TRACK-${orderId}`;
  const { pool } = database;
  await pool.query(
    `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method,
       total_minor, currency)
     values ($1, 'cus_1', 'a@shop.example', 'A', '{}', 'pm_card_visa', 1200, 'EUR')`,
    [orderId],
  );
  for (const status of ['processing', 'confirmed']) {
    await pool.query('update orders set status = $2 where id = $1', [orderId, status]);
  }
  await pool.query(`update stock set on_hand = on_hand + 1, reserved = reserved + 1 where sku = 'MUG'`);
  await pool.query(
    `insert into reservations (order_id, sku, warehouse, quantity) values ($1, 'MUG', 'main', 1)`,
    [orderId],
  );
  await pool.query(
    `insert into shipments (id, order_id, warehouse, reference, status, tracking_code, carrier)
     values ($1, $2, 'main', $3, 'label_bought', $3, 'USPS')`,
    [newId(), orderId, trackingCode],
  );
});

const hear = (status: ShipmentStatus) =>
  transaction(database.pool, (tx) =>
    applyTracking(tx, { trackingCode, carrierShipmentId: null, status, occurredAt: null }),
  );

async function count(from: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: string }>(`select count(*) from ${from}`, [orderId]);
  return Number(rows[0]?.count);
}

const shippedPieces = () => count(`stock_movements where order_id = $1 and kind = 'shipped'`);
const alertsRaised = () =>
  count(`operator_alerts where order_id = $1 and type = 'shipment.moves_after_undo'`);

describe('news of a parcel', () => {
  it('takes the goods from the stock once, however often and in whatever order it comes', async () => {
    for (const status of ['out_for_delivery', 'in_transit', 'out_for_delivery', 'pre_transit'] as const) {
      expect(await hear(status)).toBe(orderId);
    }
    expect(await shippedPieces()).toBe(1);
    expect(await count('reservations where order_id = $1')).toBe(0);
    expect(await alertsRaised()).toBe(0);
  });

  it.each([
    ['cancelled', `update orders set cancel_requested_at = now() where id = $1`],
    ['undone', `update orders set unwinding_since = now() where id = $1`],
  ])('calls people, once, when its order is being %s, and changes nothing else', async (_, statement) => {
    await database.pool.query(statement, [orderId]);
    for (const status of ['pre_transit', 'in_transit', 'out_for_delivery', 'delivered'] as const)
      await hear(status);
    expect(await alertsRaised()).toBe(1);
    expect(await shippedPieces()).toBe(0);
    expect(await count(`outbox where order_id = $1 and kind in ('notice', 'signal_order')`)).toBe(0);
    expect(await count(`orders where id = $1 and fulfillment_status = 'none'`)).toBe(1);
  });

  it('is nobody we know for a code that is not ours', async () => {
    trackingCode = 'SOMEBODY-ELSE';
    expect(await hear('in_transit')).toBeNull();
  });
});
