import type { Pool } from 'pg';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../../src/domain/order.ts';

/** An order as far as those who wait for it want to know. */
export interface WatchedOrder {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly attentionStep: string | null;
  readonly cancelRequested: boolean;
  /** What the outbox still owes about it. */
  readonly owed: number;
  /** How many mails about it were sent, or refused for good. */
  readonly told: number;
}

interface Waiter {
  readonly orderId: string;
  readonly what: string;
  readonly holds: (order: WatchedOrder) => boolean;
  readonly resolve: (order: WatchedOrder) => void;
  readonly reject: (error: Error) => void;
  readonly giveUpAt: number;
}

/** Waits for states of many orders with one question at a time. */
export interface OrderWatch {
  /** Resolves once `holds` does; rejects after `withinMs` with the state it got to instead. */
  until(
    orderId: string,
    what: string,
    holds: (order: WatchedOrder) => boolean,
    withinMs?: number,
  ): Promise<WatchedOrder>;
  stop(): void;
}

const lookEveryMs = 15;
const defaultWithinMs = 100_000;

export function watchOrders(pool: Pool): OrderWatch {
  let waiters: Waiter[] = [];
  const stopping = new AbortController();
  let looking = false;

  async function look(): Promise<void> {
    looking = true;
    while (waiters.length > 0 && !stopping.signal.aborted) {
      const orders = await readOrders(pool, [...new Set(waiters.map(({ orderId }) => orderId))]);
      waiters = waiters.filter((waiter) => !settle(pool, waiter, orders.get(waiter.orderId)));
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    looking = false;
  }

  return {
    until(orderId, what, holds, withinMs = defaultWithinMs) {
      return new Promise((resolve, reject) => {
        waiters.push({ orderId, what, holds, resolve, reject, giveUpAt: Date.now() + withinMs });
        if (!looking) look().catch(reject);
      });
    },
    stop: () => stopping.abort(),
  };
}

/** True when nobody has to wait any more. */
function settle(pool: Pool, waiter: Waiter, order: WatchedOrder | undefined): boolean {
  if (order && waiter.holds(order)) {
    waiter.resolve(order);
    return true;
  }
  if (Date.now() < waiter.giveUpAt) return false;
  giveUp(pool, waiter, order).catch(waiter.reject);
  return true;
}

/** Says what the order has got to instead, and what failed on the way. */
async function giveUp(pool: Pool, { orderId, what, reject }: Waiter, order?: WatchedOrder): Promise<void> {
  const { rows } = await pool.query<object>(
    `select to_char(at, 'MI:SS.MS') as at, what, told from (
       select created_at as at, type as what, data::text as told from order_events where order_id = $1
       union all
       select started_at, activity || ' ' || attempt, failure_type || ' ' || failure_message
       from activity_attempts where order_id = $1
     ) as history order by at`,
    [orderId],
  );
  const told = rows.map((row) => Object.values(row).join(' '));
  const now = new Date().toISOString().slice(14, 23);
  reject(new Error([`waited in vain for: ${what}`, JSON.stringify(order), ...told, now].join('\n  ')));
}

async function readOrders(pool: Pool, ids: readonly string[]): Promise<Map<string, WatchedOrder>> {
  const { rows } = await pool.query<WatchedOrder & { id: string }>({
    name: 'watch',
    text: `select o.id, o.status, o.payment_status as "paymentStatus",
             o.fulfillment_status as "fulfillmentStatus", o.attention_step as "attentionStep",
             o.cancel_requested_at is not null as "cancelRequested",
             (select count(*) from outbox where order_id = o.id)::integer as owed,
             (select count(*) from order_events
              where order_id = o.id and type in ('notice.sent', 'notice.refused'))::integer as told
           from orders o where o.id = any($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map(({ id, ...order }) => [id, order]));
}
