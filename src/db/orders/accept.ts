import sql, { type Sql } from 'sql-template-tag';
import type { Address, Customer } from '../../domain/order.ts';
import type { Product } from '../products/catalogue.ts';
import { keyLock, repeatOf, type Repeatable, type Repeated, type StoredAnswer } from '../idempotency.ts';
import { orderLane, type StartOrderPayload } from '../outbox.ts';
import { queryOne, type Db } from '../pool.ts';

export interface NewOrder {
  readonly id: string;
  readonly customer: Customer;
  readonly shippingAddress: Address;
  readonly paymentMethod: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly totalMinor: number;
  readonly currency: string;
  readonly lines: readonly NewLine[];
  readonly start: StartOrderPayload;
}

export interface NewLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly weightGrams: number;
}

/** What accepting an order starts from, in one round trip: the products asked for and the key's earlier answer. */
export async function prepare(
  db: Db,
  skus: readonly string[],
  request: Repeatable | null,
): Promise<{ products: Product[]; earlier: Repeated | undefined }> {
  const row = await queryOne<{ products: Product[]; bodyHash: Buffer | null } & StoredAnswer>(
    db,
    sql`select found.products, k.body_hash as "bodyHash", k.response_status as status,
          k.response_headers as headers, k.response_body as body
        from (
          select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'weightGrams', weight_grams,
            'price', jsonb_build_object('amountMinor', price_minor, 'currency', currency))), '[]') as products
          from products where sku = any(${skus}::text[])
        ) found
        left join idempotency_keys k on k.scope = ${request?.scope ?? null} and k.key = ${request?.key ?? null}`,
  );
  if (!row) throw new Error('an aggregate gave no row');
  const { products, bodyHash, ...answer } = row;
  const earlier = request && bodyHash ? repeatOf(request, { ...answer, bodyHash }) : undefined;
  return { products, earlier };
}

export type Acceptance =
  /** Committed; the outbox entry is leased to this process. */
  | { readonly outcome: 'accepted'; readonly outboxEntryId: number }
  /** Another request with the same key is being answered. */
  | { readonly outcome: 'in_flight' }
  /** Another request with the same key has been answered. */
  | { readonly outcome: 'answered_before' }
  /** The catalogue does not say of a product what the lines say. */
  | { readonly outcome: 'catalogue_changed' };

/**
 * Accepts an order: the order, its lines, its first event, the outbox entry that starts it and the kept answer commit
 * together or not at all (law 1). It is one statement, hence one transaction and one round trip. The lines are held to the
 * catalogue as it is at that moment, so they may come from a copy of it.
 */
export async function accept(
  db: Db,
  order: NewOrder,
  keep: { request: Repeatable; answer: StoredAnswer } | null,
  leaseMs: number,
): Promise<Acceptance> {
  const row = await queryOne<{ free: boolean; same: boolean; entryId: number | null }>(
    db,
    sql`with catalogue as materialized (${isAsIn(order)}),
        ${keep === null ? unguarded : guarded(keep.request, keep.answer)},
        accepted as (${insertOrder(order)} returning id),
        lines as (${insertLines(order.lines)}),
        event as (
          insert into order_events (order_id, number, type, data)
          select id, 1, 'order.accepted',
            jsonb_build_object('totalMinor', ${order.totalMinor}::bigint, 'currency', ${order.currency}::text)
          from accepted
        ),
        entry as (
          insert into outbox (lane, kind, order_id, payload, leased_until)
          select ${orderLane(order.id)}, 'start_order', id, ${JSON.stringify(order.start)}::jsonb,
            clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
          from accepted
          returning id
        )
        select free, same, (select id from entry) as "entryId" from gate, catalogue`,
  );
  if (!row?.free) return { outcome: 'in_flight' };
  if (!row.same) return { outcome: 'catalogue_changed' };
  if (row.entryId === null) return { outcome: 'answered_before' };
  return { outcome: 'accepted', outboxEntryId: row.entryId };
}

/** Without a key nothing stands in the way. */
const unguarded = sql`gate as (select true as free), kept as (select 1 from catalogue where same)`;

/**
 * The order is inserted only where the key's row is. A rival that committed after this statement's snapshot but before
 * its lock is met by the primary key.
 */
function guarded(request: Repeatable, answer: StoredAnswer): Sql {
  return sql`gate as materialized (select ${keyLock(request)} as free),
        kept as (
          insert into idempotency_keys (scope, key, body_hash, response_status, response_headers, response_body)
          select ${request.scope}, ${request.key}, ${request.bodyHash}::bytea, ${answer.status}::integer,
            ${JSON.stringify(answer.headers)}::jsonb, ${JSON.stringify(answer.body)}::jsonb
          from gate, catalogue where free and same
          on conflict (scope, key) do nothing
          returning 1
        )`;
}

function insertOrder(order: NewOrder): Sql {
  const { customer } = order;
  return sql`insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method,
            metadata, total_minor, currency, policy, trace_parent, last_event_number)
          select ${order.id}::uuid, ${customer.id}, ${customer.email}, ${customer.name},
            ${JSON.stringify(order.shippingAddress)}::jsonb, ${order.paymentMethod},
            ${JSON.stringify(order.metadata)}::jsonb, ${order.totalMinor}::bigint, ${order.currency},
            ${JSON.stringify(order.start.policy)}::jsonb, ${order.start.traceParent}, 1
          from kept`;
}

/** Whether each line's product is in the catalogue with that name, price and weight. */
function isAsIn({ currency, lines }: NewOrder): Sql {
  const column = columnsOf(lines);
  return sql`select count(*) = ${lines.length}::integer as same
          from unnest(${column('sku')}::text[], ${column('name')}::text[], ${column('unitPriceMinor')}::bigint[],
            ${column('weightGrams')}::integer[]) as line (sku, name, price, weight)
          join products p on p.sku = line.sku and p.name = line.name and p.price_minor = line.price
            and p.weight_grams = line.weight and p.currency = ${currency}`;
}

function insertLines(lines: readonly NewLine[]): Sql {
  const column = columnsOf(lines);
  return sql`insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
          select accepted.id, line.number, line.sku, line.name, line.quantity, line.price, line.weight
          from accepted, unnest(${column('sku')}::text[], ${column('name')}::text[], ${column('quantity')}::integer[],
            ${column('unitPriceMinor')}::bigint[], ${column('weightGrams')}::integer[])
            with ordinality as line (sku, name, quantity, price, weight, number)`;
}

function columnsOf(lines: readonly NewLine[]) {
  return <K extends keyof NewLine>(key: K) => lines.map((line) => line[key]);
}
