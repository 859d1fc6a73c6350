import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import type { NewSecret, Scope } from '../domain/api-key.ts';
import { execute, query, queryOne, transaction, type Db, type Tx } from './pool.ts';

/** A key as the API goes by it. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: the service's own limit. */
  readonly requestsPerSecond: number | null;
}

/** A key as people see it: never a secret. */
export interface ListedKey extends ApiKey {
  /** The newest first; two while the key is being rotated. */
  readonly prefixes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const columns = sql`k.id, k.name, k.scopes, k.requests_per_second as "requestsPerSecond"`;
const inUse = sql`k.revoked_at is null and (s.expires_at is null or s.expires_at > clock_timestamp())`;

/** Adds a key with its first secret, and with its webhook secret as that is to be kept; false when a key in use has the name. */
export async function addKey(
  pool: Pool,
  key: ApiKey & { readonly webhookSecret: string },
  secret: NewSecret,
): Promise<boolean> {
  return transaction(pool, async (tx) => {
    const added = await execute(
      tx,
      sql`insert into api_keys (id, name, scopes, requests_per_second, webhook_secret)
          values (${key.id}, ${key.name}, ${key.scopes}::text[], ${key.requestsPerSecond}, ${key.webhookSecret})
          on conflict (name) where revoked_at is null do nothing`,
    );
    if (added === 1) await addSecret(tx, key.id, secret);
    return added === 1;
  });
}

async function addSecret(tx: Tx, keyId: string, { prefix, hash }: NewSecret): Promise<void> {
  await execute(
    tx,
    sql`insert into api_key_secrets (prefix, key_id, secret_hash) values (${prefix}, ${keyId}, ${hash})`,
  );
}

/** Gives a key in use a new secret; the earlier ones are good for `graceMs` more. False when no key has the name. */
export async function rotateKey(
  pool: Pool,
  name: string,
  secret: NewSecret,
  graceMs: number,
): Promise<boolean> {
  return transaction(pool, async (tx) => {
    const key = await queryOne<{ id: string }>(
      tx,
      sql`select id from api_keys where name = ${name} and revoked_at is null for no key update`,
    );
    if (!key) return false;
    await execute(
      tx,
      sql`update api_key_secrets
          set expires_at = least(expires_at, clock_timestamp() + ${graceMs}::bigint * interval '1 millisecond')
          where key_id = ${key.id}`,
    );
    await addSecret(tx, key.id, secret);
    return true;
  });
}

/**
 * Gives a key in use a new webhook secret, as `seal` has it kept for the key's id; the one before signs as well for `graceMs`
 * more. False when no key has the name.
 */
export async function rotateWebhookSecret(
  pool: Pool,
  name: string,
  seal: (keyId: string) => string,
  graceMs: number,
): Promise<boolean> {
  return transaction(pool, async (tx) => {
    const key = await queryOne<{ id: string }>(
      tx,
      sql`select id from api_keys where name = ${name} and revoked_at is null for no key update`,
    );
    if (!key) return false;
    await execute(
      tx,
      sql`update api_keys set previous_webhook_secret = webhook_secret, webhook_secret = ${seal(key.id)},
            previous_webhook_secret_until = clock_timestamp() + ${graceMs}::bigint * interval '1 millisecond'
          where id = ${key.id}`,
    );
    return true;
  });
}

/** Ends a key for good; false when no key in use has the name. */
export async function revokeKey(db: Db, name: string): Promise<boolean> {
  const revoked = await execute(
    db,
    sql`update api_keys set revoked_at = clock_timestamp() where name = ${name} and revoked_at is null`,
  );
  return revoked === 1;
}

/** Every key there has ever been, the newest first. */
export async function listKeys(db: Db): Promise<ListedKey[]> {
  return query<ListedKey>(
    db,
    sql`select ${columns}, k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt",
          array(select prefix from api_key_secrets s
                where s.key_id = k.id and (expires_at is null or expires_at > clock_timestamp())
                order by created_at desc) as prefixes
        from api_keys k order by k.created_at desc`,
  );
}

/** Whether there is a key, or ever was one: what was locked once is not opened by revoking. */
export async function anyKey(db: Db): Promise<boolean> {
  const row = await queryOne<{ any: boolean }>(db, sql`select exists (select from api_keys) as any`);
  return row?.any ?? false;
}

/** The key in use whose secret has this prefix, and the hash that the secret has to have. */
export async function findKey(db: Db, prefix: string): Promise<{ key: ApiKey; hash: Buffer } | undefined> {
  const row = await queryOne<ApiKey & { hash: Buffer }>(
    db,
    sql`select ${columns}, s.secret_hash as hash
        from api_key_secrets s join api_keys k on k.id = s.key_id
        where s.prefix = ${prefix} and ${inUse}`,
  );
  if (!row) return undefined;
  const { hash, ...key } = row;
  return { key, hash };
}

/** What the keys in use allow to which these secrets belong, by the secret's prefix; without those that belong to none. */
export async function scopesOfSecrets(
  db: Db,
  prefixes: readonly string[],
): Promise<Map<string, readonly Scope[]>> {
  const rows = await query<{ prefix: string; scopes: readonly Scope[] }>(
    db,
    sql`select s.prefix, k.scopes
        from api_key_secrets s join api_keys k on k.id = s.key_id
        where s.prefix = any(${prefixes}::text[]) and ${inUse}`,
  );
  return new Map(rows.map(({ prefix, scopes }) => [prefix, scopes]));
}

/** When a key was used. */
export interface KeyUse {
  readonly id: string;
  readonly at: Date;
}

/** Notes when keys were last used, never earlier than is known already. */
export async function noteUses(db: Db, uses: readonly KeyUse[]): Promise<void> {
  await execute(
    db,
    sql`update api_keys k set last_used_at = greatest(k.last_used_at, used.at)
        from unnest(${uses.map(({ id }) => id)}::uuid[], ${uses.map(({ at }) => at)}::timestamptz[]) as used (id, at)
        where k.id = used.id`,
  );
}
