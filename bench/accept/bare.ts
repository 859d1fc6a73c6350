import sql from 'sql-template-tag';
import type { Pool } from 'pg';
import type { NewOrder } from '../../src/db/orders/accept.ts';
import type { Repeatable, StoredAnswer } from '../../src/db/idempotency.ts';
import { orderLane } from '../../src/db/outbox.ts';
import { execute, transaction } from '../../src/db/pool.ts';

/**
 * What accepting is compared with: begin, one insert for each table, commit, with prepared statements over a connection
 * that is open already. Nothing is read, checked or answered.
 */
export async function insertBare(
  pool: Pool,
  order: NewOrder,
  { request, answer }: { request: Repeatable; answer: StoredAnswer },
  leaseMs: number,
): Promise<void> {
  const { customer, lines } = order;
  await transaction(pool, async (tx) => {
    await execute(
      tx,
      sql`insert into orders (id, customer_id, customer_email, customer_name, shipping_address, payment_method,
            metadata, total_minor, currency, last_event_number)
          values (${order.id}, ${customer.id}, ${customer.email}, ${customer.name},
            ${JSON.stringify(order.shippingAddress)}, ${order.paymentMethod}, ${JSON.stringify(order.metadata)},
            ${order.totalMinor}, ${order.currency}, 1)`,
    );
    for (const [index, line] of lines.entries()) {
      await execute(
        tx,
        sql`insert into order_lines (order_id, line_number, sku, name, quantity, unit_price_minor, weight_grams)
            values (${order.id}, ${index + 1}, ${line.sku}, ${line.name}, ${line.quantity}, ${line.unitPriceMinor},
              ${line.weightGrams})`,
      );
    }
    await execute(
      tx,
      sql`insert into order_events (order_id, number, type, data) values (${order.id}, 1, 'order.accepted',
            ${JSON.stringify({ totalMinor: order.totalMinor, currency: order.currency })})`,
    );
    await execute(
      tx,
      sql`insert into idempotency_keys (scope, key, body_hash, response_status, response_headers, response_body)
          values (${request.scope}, ${request.key}, ${request.bodyHash}, ${answer.status},
            ${JSON.stringify(answer.headers)}, ${JSON.stringify(answer.body)})`,
    );
    await execute(
      tx,
      sql`insert into outbox (lane, kind, order_id, payload, leased_until)
          values (${orderLane(order.id)}, 'start_order', ${order.id}, ${JSON.stringify(order.start)},
            clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond')`,
    );
  });
}
