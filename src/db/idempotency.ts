import type { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { execute, queryOne, transaction, type Db, type Tx } from './pool.ts';

/** A request that its sender may repeat: whose key it is, the key, and a hash of what was asked. */
export interface Repeatable {
  readonly scope: string;
  readonly key: string;
  readonly bodyHash: Buffer;
}

/** An answer as it is kept and given again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How a repeatable request went: `in_flight` when its first one still runs, `reused` when it asked for something else. */
export type Repeated =
  | { readonly outcome: 'answered'; readonly answer: StoredAnswer; readonly replay: boolean }
  | { readonly outcome: 'in_flight' }
  | { readonly outcome: 'reused' };

/** Takes the key for this transaction without waiting; true when nobody else holds it. A crash leaves no lock. */
export function keyLock({ scope, key }: Repeatable): Sql {
  return sql`pg_try_advisory_xact_lock(hashtextextended(${scope}::text || chr(31) || ${key}::text, 0))`;
}

/** Does `work` once a key and keeps its answer in the same transaction; what throws is not kept. */
export async function once(
  pool: Pool,
  request: Repeatable | null,
  work: (tx: Tx) => Promise<StoredAnswer>,
): Promise<Repeated> {
  return transaction(pool, async (tx) => {
    if (request === null) return { outcome: 'answered', answer: await work(tx), replay: false };
    const lock = await queryOne<{ free: boolean }>(tx, sql`select ${keyLock(request)} as free`);
    if (!lock?.free) return { outcome: 'in_flight' };
    const earlier = await findAnswer(tx, request);
    if (earlier) return earlier;
    const answer = await work(tx);
    await store(tx, request, answer);
    return { outcome: 'answered', answer, replay: false };
  });
}

/** The answer that the key has had before, if any. */
export async function findAnswer(db: Db, request: Repeatable): Promise<Repeated | undefined> {
  const row = await queryOne<StoredAnswer & { bodyHash: Buffer }>(
    db,
    sql`select body_hash as "bodyHash", response_status as status, response_headers as headers, response_body as body
        from idempotency_keys where scope = ${request.scope} and key = ${request.key}`,
  );
  return row && repeatOf(request, row);
}

/** Tells a repeat from another request under the same key. */
export function repeatOf(request: Repeatable, stored: StoredAnswer & { bodyHash: Buffer }): Repeated {
  if (!stored.bodyHash.equals(request.bodyHash)) return { outcome: 'reused' };
  const { status, headers, body } = stored;
  return { outcome: 'answered', answer: { status, headers, body }, replay: true };
}

async function store(tx: Tx, request: Repeatable, answer: StoredAnswer): Promise<void> {
  await execute(
    tx,
    sql`insert into idempotency_keys (scope, key, body_hash, response_status, response_headers, response_body)
        values (${request.scope}, ${request.key}, ${request.bodyHash}, ${answer.status},
          ${JSON.stringify(answer.headers)}, ${JSON.stringify(answer.body)})`,
  );
}
