import type { Pool } from 'pg';

/** What a test orders from: two products in euros and one in dollars, with plenty in stock. */
export async function seedShop(pool: Pool): Promise<void> {
  await pool.query(`
    insert into products (sku, name, price_minor, currency, weight_grams) values
      ('MUG', 'Mug', 1250, 'EUR', 380), ('SHIRT', 'Shirt', 2999, 'EUR', 220), ('CAP', 'Cap', 1999, 'USD', 90),
      ('RING', 'Ring', 99999999, 'EUR', 20);
    insert into stock (sku, warehouse, on_hand) select sku, 'main', 1000 from products;
    insert into stock_movements (sku, warehouse, kind, quantity) select sku, 'main', 'received', 1000 from products;
  `);
}

export const customer = { email: 'ada@example.com', name: 'Ada Lovelace' };

export const shippingAddress = {
  name: 'Ada Lovelace',
  line1: '417 Montgomery Street',
  city: 'San Francisco',
  postalCode: '94104',
  region: 'CA',
  country: 'US',
};

/** A valid order, with some of it replaced. */
export function newOrder(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    customer,
    items: [{ sku: 'MUG', quantity: 2 }],
    shippingAddress,
    paymentMethod: 'pm_card_visa',
    ...changes,
  };
}

const tables = [
  'orders',
  'order_lines',
  'order_events',
  'order_commands',
  'order_steps',
  'outbox',
  'idempotency_keys',
  'provider_events',
  'products',
  'stock',
  'stock_movements',
] as const;

/** How many rows each table has, to show that a refused request leaves nothing behind. */
export async function countRows(pool: Pool): Promise<Record<string, number>> {
  const counts = tables.map((table) => `(select count(*)::integer from ${table}) as ${table}`);
  const { rows } = await pool.query<Record<string, number>>(`select ${counts.join(', ')}`);
  return rows[0] ?? {};
}
