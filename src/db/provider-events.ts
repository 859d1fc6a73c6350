import sql from 'sql-template-tag';
import { execute, queryOne, type Db, type Tx } from './pool.ts';

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

/**
 * Remembers an event about a payment, and notes it on the order that it is about: the one with the provider's intent, else the
 * one that our own metadata names. One statement, since nothing else depends on it. `first` is false when it has come before.
 */
export async function note(
  db: Db,
  event: ProviderEvent,
  ids: { intentId: string | null; orderId: string | null },
): Promise<{ first: boolean; orderId: string | null }> {
  const { provider, eventId, type, occurredAt } = event;
  const row = await queryOne<{ orderId: string | null }>(
    db,
    sql`with fresh as (
          insert into provider_events (provider, event_id, type, occurred_at, order_id)
          values (${provider}, ${eventId}, ${type}, ${occurredAt}, coalesce(
            (select order_id from payments where intent_id = ${ids.intentId}),
            (select id from orders where id = ${ids.orderId}::uuid)))
          on conflict (provider, event_id) do nothing
          returning order_id
        ),
        moved as (
          update orders set last_event_number = last_event_number + 1, updated_at = clock_timestamp()
          from fresh where id = fresh.order_id
          returning id, last_event_number
        ),
        noted as (
          insert into order_events (order_id, number, type, data)
          select id, last_event_number, 'provider.webhook', ${JSON.stringify({ provider, eventId, type })}::jsonb from moved
        )
        select order_id as "orderId" from fresh`,
  );
  return { first: row !== undefined, orderId: row?.orderId ?? null };
}
