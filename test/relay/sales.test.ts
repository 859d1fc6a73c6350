import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/new-id.ts';
import { commit, openShop, outbox, type Shop, type TestRelay } from './shop.ts';

let shop: Shop;
let relay: TestRelay;

beforeAll(async () => {
  shop = await openShop();
  relay = shop.openRelay();
  relay.start();
});

afterAll(() => shop.close());

async function order(): Promise<string> {
  const id = newId();
  await shop.pool.query(
    `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method, total_minor,
       currency) values ($1, 'c', 'c@shop.example', 'C', '{}', 'pm_card_visa', 1700, 'EUR')`,
    [id],
  );
  await shop.pool.query(
    `insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
     values ($1, 1, 'mug', 'Mug', 2, 600, 300), ($1, 2, 'pen', 'Pen', 1, 500, 20)`,
    [id],
  );
  return id;
}

async function salesOf(orderId: string) {
  const { rows } = await shop.pool.query(
    `select sku, quantity, amount_minor::integer, currency, reversed_at is not null as reversed
     from sales where order_id = $1 order by sku`,
    [orderId],
  );
  return rows;
}

const figures = (reversed: boolean) => [
  { sku: 'mug', quantity: 2, amount_minor: 1200, currency: 'EUR', reversed },
  { sku: 'pen', quantity: 1, amount_minor: 500, currency: 'EUR', reversed },
];

describe('sales figures', () => {
  it('are written once per order and line, however often they are owed', async () => {
    const orderId = await order();
    for (let times = 0; times < 3; times += 1)
      await commit(shop.pool, orderId, { kind: 'sale', payload: {} });
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    expect(await salesOf(orderId)).toEqual(figures(false));
  });

  it('are taken back after they were written, never before', async () => {
    const orderIds = await Promise.all(Array.from({ length: 50 }, order));
    for (const kind of ['sale', 'sale_reversed'] as const) {
      await Promise.all(orderIds.map((id) => commit(shop.pool, id, { kind, payload: {} })));
    }
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    for (const id of orderIds) expect(await salesOf(id)).toEqual(figures(true));
  });

  it('of one order that cannot be written hold up no other', async () => {
    await shop.pool.query(`alter table sales add constraint sales_test check (amount_minor < 100000)`);
    const bad = await order();
    await shop.pool.query(
      `update order_lines set unit_price_minor = 50000 where order_id = $1 and sku = 'mug'`,
      [bad],
    );
    const good = await Promise.all(Array.from({ length: 5 }, order));
    await Promise.all([bad, ...good].map((id) => commit(shop.pool, id, { kind: 'sale', payload: {} })));
    relay.wake();
    for (const id of good) await expect.poll(() => salesOf(id)).toEqual(figures(false));
    const alert = { event: 'outboxPoisoned', orderId: bad, attempts: 3 };
    await expect.poll(() => relay.lines).toContainEqual(expect.objectContaining(alert));
    await expect.poll(() => outbox(shop.pool)).toMatchObject([{ order_id: bad, leased: false }]);
  });
});
