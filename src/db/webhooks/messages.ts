import sql from 'sql-template-tag';
import { newId } from '../../domain/new-id.ts';
import { execute, queryOne, type Tx } from '../pool.ts';

/** Something to be told to a callback's URL. */
export interface Callback {
  /** Whose secret signs it; null where the API was open when it was asked for. */
  readonly apiKeyId: string | null;
  readonly url: string;
  /** `webhook-id`: letters, digits, `_` and `-`. The same thing has the same one, and is told once. */
  readonly messageId: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** Ids, codes and amounts. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The trace of the request that it all began with. */
  readonly traceParent?: string | null;
}

/** Owes a callback, in the caller's transaction: it is told once that is committed, for as long as the ladder goes. */
export async function oweCallback(tx: Tx, callback: Callback): Promise<void> {
  const { apiKeyId, url, messageId, type, occurredAt, data, traceParent = null } = callback;
  const destinationId = await destinationOf(tx, apiKeyId, new URL(url).origin);
  await execute(
    tx,
    sql`insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, url, trace_parent)
        values (${destinationId}, ${messageId}, ${type}, ${occurredAt}, ${JSON.stringify(data)}, ${url}, ${traceParent})
        on conflict (destination_id, message_id) do nothing`,
  );
}

/** Where the callbacks of a key to an origin go; made when it is first needed, and used again when it was retired. */
async function destinationOf(tx: Tx, apiKeyId: string | null, origin: string): Promise<string> {
  const found = await queryOne<{ id: string }>(
    tx,
    sql`select id from webhook_destinations
        where origin = ${origin} and api_key_id is not distinct from ${apiKeyId}::uuid and retired_at is null`,
  );
  if (found) return found.id;
  const made = await queryOne<{ id: string }>(
    tx,
    sql`insert into webhook_destinations (id, api_key_id, origin) values (${newId()}, ${apiKeyId}, ${origin})
        on conflict (origin, api_key_id) where origin is not null do update set retired_at = null
        returning id`,
  );
  if (!made) throw new Error('a destination was neither made nor found');
  return made.id;
}
