import { timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import { findKey, type ApiKey } from '../../db/api-keys.ts';
import { hashOfKey, prefixOf } from '../../domain/api-key.ts';
import { keyFreshMs, maxKnownKeys } from '../limits.ts';

/** Knows keys by what callers send. */
export interface KeyRing {
  /** The key in use that this is; undefined when it is none. Throws a DatabaseUnavailable. */
  find(sent: string): Promise<ApiKey | undefined>;
  /** Whether this was a key in use not long ago: it may be looked up again whoever else guesses keys meanwhile. */
  knows(sent: string): boolean;
}

interface Known {
  readonly key: ApiKey;
  readonly checkedAt: number;
}

/** A key that was looked up is taken as it was for `freshMs`, and so a revoked one for no longer than that. */
export function createKeyRing(pool: Pool, freshMs: number = keyFreshMs): KeyRing {
  /** By the hash, so that no key stays in memory. */
  const known = new Map<string, Known>();
  const underWay = new Map<string, Promise<ApiKey | undefined>>();

  async function lookUp(prefix: string, hash: Buffer, name: string): Promise<ApiKey | undefined> {
    const found = await findKey(pool, prefix);
    if (!found || !timingSafeEqual(found.hash, hash)) {
      known.delete(name);
      return undefined;
    }
    if (known.size >= maxKnownKeys) known.clear();
    known.set(name, { key: found.key, checkedAt: performance.now() });
    return found.key;
  }

  return {
    async find(sent) {
      const prefix = prefixOf(sent);
      if (prefix === undefined) return undefined;
      const hash = hashOfKey(sent);
      const name = hash.toString('base64');
      const before = known.get(name);
      if (before && performance.now() - before.checkedAt < freshMs) return before.key;
      const asked = underWay.get(name) ?? lookUp(prefix, hash, name).finally(() => underWay.delete(name));
      underWay.set(name, asked);
      return asked;
    },
    knows: (sent) => known.has(hashOfKey(sent).toString('base64')),
  };
}
