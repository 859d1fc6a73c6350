import sql from 'sql-template-tag';
import { execute, queryOne, type Tx } from './pool.ts';

/** A webhook that came in, as it is remembered: ids and a type, never its body. */
export interface ProviderEvent {
  readonly provider: 'stripe' | 'easypost';
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Date | null;
}

/** Remembers the event in the caller's transaction. False when it has come before. */
export async function remember(tx: Tx, event: ProviderEvent): Promise<boolean> {
  const changed = await execute(
    tx,
    sql`insert into provider_events (provider, event_id, type, occurred_at)
        values (${event.provider}, ${event.eventId}, ${event.type}, ${event.occurredAt})
        on conflict (provider, event_id) do nothing`,
  );
  return changed === 1;
}

/** Ties the event to the order that it is about, for the order's timeline. */
export async function attribute(tx: Tx, event: ProviderEvent, orderId: string): Promise<void> {
  await execute(
    tx,
    sql`update provider_events set order_id = ${orderId}
        where provider = ${event.provider} and event_id = ${event.eventId}`,
  );
}

/** The order behind a payment, found by the provider's intent, else by the id in our own metadata; null when neither is ours. */
export async function findOrderOfPayment(
  tx: Tx,
  ids: { intentId: string | null; orderId: string | null },
): Promise<string | null> {
  const row = await queryOne<{ orderId: string }>(
    tx,
    sql`select order_id as "orderId" from payments where intent_id = ${ids.intentId}
        union all
        select id from orders where id = ${ids.orderId}::uuid
        limit 1`,
  );
  return row?.orderId ?? null;
}
