import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';

const starters = 8;
const databases: TestDatabase[] = [];

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  databases.push(database);
  return database;
}

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
});

describe('the migrations', () => {
  it('run once when many processes start together', async () => {
    const { url } = await emptyDatabase();
    const runs = await Promise.all(Array.from({ length: starters }, () => migrate(url)));
    expect(runs.filter((done) => done.length > 0)).toHaveLength(1);
    await expect(migrate(url)).resolves.toEqual([]);
  });

  it('make what the committed schema says', async () => {
    const migrated = await emptyDatabase();
    await migrate(migrated.url);
    const dumped = await emptyDatabase();
    await dumped.pool.query(await readFile(new URL('../../src/db/schema.sql', import.meta.url), 'utf8'));
    expect(await describeSchema(dumped.pool)).toEqual(await describeSchema(migrated.pool));
  });
});

describe('the database itself', () => {
  let pool: Pool;

  beforeAll(async () => {
    const database = await emptyDatabase();
    await migrate(database.url);
    pool = database.pool;
    await pool.query(
      `insert into products (sku, name, price_minor, currency) values ('MUG', 'Mug', 1200, 'EUR')`,
    );
    await pool.query(`insert into stock (sku, warehouse, on_hand) values ('MUG', 'main', 3)`);
  });

  async function newOrder(): Promise<string> {
    const { rows } = await pool.query<{ id: string }>(
      `insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method,
         total_minor, currency)
       values (gen_random_uuid(), 'cus_1', 'a@shop.example', 'A', '{}', 'pm_card_visa', 1200, 'EUR') returning id`,
    );
    return rows[0]?.id ?? '';
  }

  it('refuses to reserve more than there is', async () => {
    await expect(pool.query(`update stock set reserved = 4 where sku = 'MUG'`)).rejects.toThrow(
      'stock_no_oversell',
    );
  });

  it('has room for one payment an order, and for one capture of it', async () => {
    const id = await newOrder();
    const pay = (intent: string) =>
      pool.query(
        `insert into payments (order_id, intent_id, amount_minor, currency) values ($1, $2, 1200, 'EUR')`,
        [id, intent],
      );
    await pay('pi_1');
    await expect(pay('pi_2')).rejects.toThrow('payments_pkey');
    const capture = () =>
      pool.query(
        `insert into postings (order_id, entry, account, amount_minor, currency) values
           ($1, 'capture', 'provider_balance', 1200, 'EUR'), ($1, 'capture', 'sales', -1200, 'EUR')`,
        [id],
      );
    await capture();
    await expect(capture()).rejects.toThrow('postings_pkey');
  });

  it('refuses to take more than was authorized, and to give back more than was taken', async () => {
    const id = await newOrder();
    await pool.query(
      `insert into payments (order_id, intent_id, amount_minor, currency) values ($1, 'pi_3', 1200, 'EUR')`,
      [id],
    );
    const set = (column: string, amount: number) =>
      pool.query(`update payments set ${column} = $2 where order_id = $1`, [id, amount]);
    await expect(set('captured_minor', 1201)).rejects.toThrow('payments_no_overcharge');
    await expect(set('refunded_minor', 1)).rejects.toThrow('payments_no_overrefund');
  });

  it('refuses an entry that does not balance', async () => {
    const id = await newOrder();
    await expect(
      pool.query(
        `insert into postings (order_id, entry, account, amount_minor, currency)
         values ($1, 'capture', 'sales', -1200, 'EUR')`,
        [id],
      ),
    ).rejects.toThrow('does not balance');
  });

  it('refuses a second label for an order and warehouse', async () => {
    const id = await newOrder();
    const plan = (reference: string) =>
      pool.query(
        `insert into shipments (id, order_id, warehouse, reference) values (gen_random_uuid(), $1, 'main', $2)`,
        [id, reference],
      );
    await plan('first');
    await expect(plan('second')).rejects.toThrow('shipments_one_label');
  });

  it('refuses a status that the transition table does not allow', async () => {
    const id = await newOrder();
    await expect(pool.query(`update orders set status = 'completed' where id = $1`, [id])).rejects.toThrow(
      'an order cannot go from pending to completed',
    );
  });
});

/** Everything that makes up the schema, as the catalogue tells it, so that two databases can be held side by side. */
async function describeSchema(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query<{ what: string }>(`
    select format('column %s.%s %s null=%s default=%s identity=%s', table_name, column_name, data_type, is_nullable,
      column_default, identity_generation) as what
    from information_schema.columns where table_schema = 'public' and table_name <> 'migrations'
    union all
    select format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'migrations'
    union all
    select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'migrations'
    union all
    select format('view %s: %s', viewname, definition) from pg_views where schemaname = 'public'
    union all
    select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select format('options %s %s', relname, reloptions) from pg_class
    where relnamespace = 'public'::regnamespace and reloptions is not null
    order by what`);
  return rows.map((row) => row.what);
}
