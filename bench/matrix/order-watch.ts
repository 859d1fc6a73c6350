import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import type { OrderStatus, PaymentStatus } from '../../src/domain/order.ts';
import { until } from '../shop/wait.ts';

/** An order as far as those who wait for it want to know. */
export interface WatchedOrder {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly trackingCode: string | null;
  /** How many mails about it were sent. */
  readonly told: number;
}

/** Waits for states of many orders with one question at a time, and outlives a database that is away. */
export interface OrderWatch {
  /** How long somebody waits at most, in milliseconds. */
  readonly patienceMs: number;
  until(orderId: string, what: string, holds: (order: WatchedOrder) => boolean): Promise<WatchedOrder>;
  stop(): void;
}

const lookEveryMs = 50;

export function watchOrders(pool: Pool, patienceMs: number): OrderWatch {
  let seen = new Map<string, WatchedOrder>();
  const stopping = new AbortController();

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      seen = await readOrders(pool).catch(() => seen);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
  void look();

  return {
    patienceMs,
    until: (orderId, what, holds) =>
      until(`${what}: order ${orderId}`, patienceMs, async () => {
        const order = seen.get(orderId);
        return order && holds(order) ? order : undefined;
      }),
    stop: () => stopping.abort(),
  };
}

async function readOrders(pool: Pool): Promise<Map<string, WatchedOrder>> {
  const rows = await query<WatchedOrder & { id: string }>(
    pool,
    sql`select o.id, o.status, o.payment_status as "paymentStatus", s.tracking_code as "trackingCode",
          (select count(*) from order_events e where e.order_id = o.id and e.type = 'notice.sent') as told
        from orders o left join shipments s on s.order_id = o.id`,
  );
  return new Map(rows.map(({ id, ...order }) => [id, order]));
}
