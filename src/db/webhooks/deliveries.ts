import sql, { type Sql } from 'sql-template-tag';
import { keptAttempts, type WebhookAttempt } from '../../domain/webhook.ts';
import { execute, query, queryOne, type Db } from '../pool.ts';

/** A message that is due at its destination. */
export interface DueDelivery {
  readonly id: string;
  /** `webhook-id`. */
  readonly messageId: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of a callback; null for an endpoint, which has one of its own. */
  readonly url: string | null;
  /** Failed attempts in a row, so far. */
  readonly failures: number;
  readonly createdAt: Date;
  readonly traceParent: string | null;
}

/** Up to `limit` messages that are due, the longest due first, without those in hand. */
export async function readDue(
  db: Db,
  destinationId: string,
  inHand: readonly string[],
  limit: number,
): Promise<DueDelivery[]> {
  return query<DueDelivery>(
    db,
    sql`select id, message_id as "messageId", type, occurred_at as "occurredAt", data, url, failures,
          created_at as "createdAt", trace_parent as "traceParent"
        from webhook_deliveries
        where destination_id = ${destinationId} and status = 'pending' and due_at <= clock_timestamp()
          and id <> all (${inHand}::uuid[])
        order by due_at limit ${limit}`,
  );
}

/** Which delivery it is. */
export interface DeliveryRef {
  readonly destinationId: string;
  readonly id: string;
}

/** Has taken it: nothing that was noted before or comes in late changes that. */
export async function noteDelivered(db: Db, ref: DeliveryRef, attempt: WebhookAttempt): Promise<void> {
  await execute(
    db,
    sql`update webhook_deliveries
        set status = 'delivered', ended_at = clock_timestamp(), attempts = ${appended(attempt)}
        where ${isThis(ref)}`,
  );
}

/**
 * An attempt has failed, after as many failures as it was begun with; the next one is due after `pauseMs`. False when somebody has
 * noted its end meanwhile, or has had it tried anew after earlier failures, which an attempt of before does not take back; it is
 * not written down then.
 */
export async function noteFailed(
  db: Db,
  ref: DeliveryRef,
  attempt: WebhookAttempt,
  { failures, pauseMs }: { readonly failures: number; readonly pauseMs: number },
): Promise<boolean> {
  const noted = await execute(
    db,
    sql`update webhook_deliveries
        set failures = ${failures}, attempts = ${appended(attempt)},
          due_at = clock_timestamp() + ${pauseMs}::float8 * interval '1 millisecond'
        where ${isThis(ref)} and status = 'pending' and failures = ${failures}::integer - 1`,
  );
  return noted === 1;
}

/** The last attempt has failed. False in the same cases. */
export async function noteGivenUp(
  db: Db,
  ref: DeliveryRef,
  attempt: WebhookAttempt,
  failures: number,
): Promise<boolean> {
  const noted = await execute(
    db,
    sql`update webhook_deliveries
        set status = 'failed', ended_at = clock_timestamp(), failures = ${failures}, attempts = ${appended(attempt)}
        where ${isThis(ref)} and status = 'pending' and failures = ${failures}::integer - 1`,
  );
  return noted === 1;
}

const isThis = ({ destinationId, id }: DeliveryRef): Sql =>
  sql`destination_id = ${destinationId} and id = ${id}`;

/** The attempts with one more, of which the newest are kept. */
function appended(attempt: WebhookAttempt): Sql {
  return sql`case when jsonb_array_length(attempts) < ${keptAttempts}::integer then attempts else attempts - 0 end
          || ${JSON.stringify([attempt])}::jsonb`;
}

/** From the bottom of the ladder again, and at once. */
const anew = sql`status = 'pending', ended_at = null, failures = 0, due_at = clock_timestamp()`;

/** Sends a message once more, however it ended, under its own `webhook-id`; false when there is none. */
export async function resend(db: Db, ref: DeliveryRef): Promise<boolean> {
  return (await execute(db, sql`update webhook_deliveries set ${anew} where ${isThis(ref)}`)) === 1;
}

/**
 * Has up to `limit` messages behind the delivery `after` tried anew that have failed or wait for their next attempt, and
 * notes how far that has come. True when there may be more.
 */
export async function recoverSome(
  db: Db,
  destinationId: string,
  after: string,
  limit: number,
): Promise<boolean> {
  const row = await queryOne<{ seen: number }>(
    db,
    sql`with looked as (
          select id, status, failures from webhook_deliveries
          where destination_id = ${destinationId} and id > ${after}::uuid order by id limit ${limit}
        ), recovered as (
          update webhook_deliveries set ${anew}
          where destination_id = ${destinationId} and id in (
            select id from looked where status = 'failed' or (status = 'pending' and failures > 0))
        ), noted as (
          update webhook_destinations
          set recover_after = case when (select count(*) from looked) = ${limit}
            then (select id from looked order by id desc limit 1) end
          where id = ${destinationId} and recover_after = ${after}::uuid
        )
        select count(*) as seen from looked`,
  );
  return row?.seen === limit;
}

/** A delivery as people see it. */
export interface DeliveryView {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** `held`: due, while its endpoint is disabled. */
  readonly status: DeliveryStatus;
  readonly attempts: readonly WebhookAttempt[];
  /** Null when there is none to come, or while it is held. */
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
}

export const deliveryStatuses = ['pending', 'held', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** Of a view, what does not depend on where it goes. */
const viewColumns = sql`delivery.id, message_id as "messageId", delivery.type, occurred_at as "occurredAt", attempts,
          delivery.created_at as "createdAt"`;

/** A page of an endpoint's deliveries, the newest first: those that come after the one with the id `after`, or the first ones. */
export async function listDeliveries(
  db: Db,
  endpointId: string,
  status: DeliveryStatus | undefined,
  after: string | null,
  limit: number,
): Promise<DeliveryView[]> {
  const kept = status === 'held' ? 'pending' : (status ?? null);
  return query<DeliveryView>(
    db,
    sql`select * from (
          select ${viewColumns},
            case when status = 'pending' and disabled_at is not null then 'held' else status end as status,
            case when status = 'pending' and disabled_at is null then due_at end as "nextAttemptAt"
          from webhook_deliveries delivery join webhook_endpoints endpoint on endpoint.id = destination_id
          where destination_id = ${endpointId} and (${after}::uuid is null or delivery.id < ${after}::uuid)
            and (${kept}::text is null or status = ${kept}::text)
        ) shown
        where ${status ?? null}::text is null or status = ${status ?? null}::text
        order by id desc limit ${limit}`,
  );
}

/**
 * What has been told, or is to be told, where a job's request said so, the newest first: one for each end that the job had. Undefined
 * where there is no such job.
 */
export async function listCallbacks(
  db: Db,
  jobId: string,
): Promise<readonly (DeliveryView & DeliveryRef)[] | undefined> {
  const job = await queryOne<{ url: string | null; apiKeyId: string | null }>(
    db,
    sql`select callback_url as url, api_key_id as "apiKeyId" from jobs where id = ${jobId}`,
  );
  if (!job) return undefined;
  const { url, apiKeyId } = job;
  if (url === null) return [];
  return query<DeliveryView & DeliveryRef>(
    db,
    sql`select ${viewColumns}, status, case when status = 'pending' then due_at end as "nextAttemptAt",
          destination_id as "destinationId"
        from job_events event
        join webhook_destinations destination
          on origin = ${new URL(url).origin} and destination.api_key_id is not distinct from ${apiKeyId}::uuid
        join webhook_deliveries delivery
          on destination_id = destination.id and message_id = 'job_' || event.job_id || '_' || event.number
        where event.job_id = ${jobId} order by delivery.id desc`,
  );
}

export interface DeliveryStatistics {
  /** Deliveries that are due, or wait for their next attempt, where something may be sent. */
  readonly pending: number;
  /** How long the one that is longest due has been due. */
  readonly longestDueMs: number;
}

export async function deliveryStatistics(db: Db): Promise<DeliveryStatistics> {
  const row = await queryOne<DeliveryStatistics>(
    db,
    sql`select count(*) as pending,
          greatest(coalesce(extract(epoch from clock_timestamp() - min(due_at)) * 1000, 0), 0)::float8 as "longestDueMs"
        from webhook_deliveries delivery left join webhook_endpoints endpoint on endpoint.id = destination_id
        where status = 'pending' and deleted_at is null and disabled_at is null`,
  );
  if (!row) throw new Error('an aggregate gave no row');
  return row;
}

/**
 * Removes up to `limit` deliveries that are older than that and have ended, or that wait for an endpoint which is disabled or
 * deleted; never one that is still tried. Gives how many those were.
 */
export async function removeOldDeliveries(db: Db, olderThanMs: number, limit: number): Promise<number> {
  return execute(
    db,
    sql`delete from webhook_deliveries where (destination_id, id) in (
          select destination_id, delivery.id from webhook_deliveries delivery
          left join webhook_endpoints endpoint on endpoint.id = destination_id
          where delivery.created_at < clock_timestamp() - ${olderThanMs}::float8 * interval '1 millisecond'
            and (status <> 'pending' or deleted_at is not null or disabled_at is not null)
          limit ${limit})`,
  );
}
