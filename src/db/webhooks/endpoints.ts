import sql from 'sql-template-tag';
import { maxWebhookEndpoints, type DisabledReason, type Subscription } from '../../domain/webhook.ts';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';
import { endRest } from './destinations.ts';

/** An endpoint as people see it: never a secret. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly Subscription[];
  /** Since when and why nothing is sent to it; null while it is. */
  readonly disabled: { readonly reason: DisabledReason; readonly since: Date } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface Row extends Omit<WebhookEndpoint, 'disabled'> {
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
}

const columns = sql`id, url, events, disabled_reason as "disabledReason", disabled_at as "disabledAt",
          created_at as "createdAt", updated_at as "updatedAt"`;

function toEndpoint({ disabledReason: reason, disabledAt: since, ...row }: Row): WebhookEndpoint {
  return { ...row, disabled: reason === null || since === null ? null : { reason, since } };
}

/** Serializes those who add endpoints, so that the limit is exact. */
const endpointsLock = 7_245_011;

/** Adds an endpoint, with its secret as it is to be kept; undefined when there are too many already. */
export async function addEndpoint(
  tx: Tx,
  endpoint: Pick<WebhookEndpoint, 'id' | 'url' | 'events'> & { readonly secret: string },
): Promise<WebhookEndpoint | undefined> {
  await execute(tx, sql`select pg_advisory_xact_lock(${endpointsLock})`);
  const row = await queryOne<Row>(
    tx,
    sql`with added as (
          insert into webhook_endpoints (id, url, events, secret)
          select ${endpoint.id}::uuid, ${endpoint.url}, ${endpoint.events}::text[], ${endpoint.secret}
          where (select count(*) from webhook_endpoints where deleted_at is null) < ${maxWebhookEndpoints}::integer
          returning *
        ), destination as (
          insert into webhook_destinations (id) select id from added
        )
        select ${columns} from added`,
  );
  return row && toEndpoint(row);
}

/** Every endpoint there is, the newest first. */
export async function listEndpoints(db: Db): Promise<WebhookEndpoint[]> {
  const rows = await query<Row>(
    db,
    sql`select ${columns} from webhook_endpoints where deleted_at is null order by id desc`,
  );
  return rows.map(toEndpoint);
}

export async function findEndpoint(db: Db, id: string): Promise<WebhookEndpoint | undefined> {
  const row = await queryOne<Row>(
    db,
    sql`select ${columns} from webhook_endpoints where id = ${id} and deleted_at is null`,
  );
  return row && toEndpoint(row);
}

/** The same, and nobody changes it until the transaction ends. */
export async function lockEndpoint(tx: Tx, id: string): Promise<WebhookEndpoint | undefined> {
  const row = await queryOne<Row>(
    tx,
    sql`select ${columns} from webhook_endpoints where id = ${id} and deleted_at is null for no key update`,
  );
  return row && toEndpoint(row);
}

/** What an endpoint is to be from now on. */
export interface EndpointChange extends Pick<WebhookEndpoint, 'url' | 'events'> {
  readonly enabled: boolean;
}

/** Changes an endpoint that the transaction has locked. What is owed to it waits while it is disabled. */
export async function changeEndpoint(
  tx: Tx,
  id: string,
  { url, events, enabled }: EndpointChange,
): Promise<WebhookEndpoint> {
  const row = await queryOne<Row>(
    tx,
    sql`update webhook_endpoints set url = ${url}, events = ${events}::text[], updated_at = clock_timestamp(),
          disabled_at = case when ${enabled} then null else coalesce(disabled_at, clock_timestamp()) end,
          disabled_reason = case when ${enabled} then null else coalesce(disabled_reason, 'asked') end
        where id = ${id} returning ${columns}`,
  );
  if (!row) throw new Error(`webhook endpoint ${id} does not exist`);
  if (enabled) await endRest(tx, id);
  return toEndpoint(row);
}

/** Has an endpoint that the transaction has locked sent nothing more, and be owed nothing more. */
export async function deleteEndpoint(tx: Tx, id: string): Promise<void> {
  await execute(tx, sql`update webhook_endpoints set deleted_at = clock_timestamp() where id = ${id}`);
}

/** Disables an endpoint that is in use; undefined when it is not, else since when it is disabled. */
export async function disableEndpoint(
  tx: Tx,
  id: string,
  reason: Exclude<DisabledReason, 'asked'>,
): Promise<Date | undefined> {
  const row = await queryOne<{ since: Date }>(
    tx,
    sql`update webhook_endpoints
        set disabled_at = clock_timestamp(), disabled_reason = ${reason}, updated_at = clock_timestamp()
        where id = ${id} and deleted_at is null and disabled_at is null
        returning disabled_at as since`,
  );
  return row?.since;
}

/** Gives an endpoint a new secret; the one before signs as well for `graceMs` more. Gives until when. */
export async function rotateEndpointSecret(
  db: Db,
  id: string,
  secret: string,
  graceMs: number,
): Promise<Date | undefined> {
  const row = await queryOne<{ until: Date }>(
    db,
    sql`update webhook_endpoints
        set previous_secret = secret, secret = ${secret},
          previous_secret_until = clock_timestamp() + ${graceMs}::bigint * interval '1 millisecond'
        where id = ${id} and deleted_at is null
        returning previous_secret_until as until`,
  );
  return row?.until;
}
