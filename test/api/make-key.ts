import type { Pool } from 'pg';
import { addKey } from '../../src/db/api-keys.ts';
import { newSecret, newWebhookSecret, type Scope } from '../../src/domain/api-key.ts';
import { newId } from '../../src/domain/new-id.ts';

export interface MadeKey {
  readonly id: string;
  readonly name: string;
  /** The header that carries it. */
  readonly headers: { readonly Authorization: string };
}

/** Makes a key as `npm run keys` does. */
export async function makeKey(
  pool: Pool,
  scopes: readonly Scope[],
  { name = `key-${newId()}`, requestsPerSecond = null as number | null } = {},
): Promise<MadeKey> {
  const id = newId();
  const secret = newSecret();
  const webhookSecret = newWebhookSecret();
  await addKey(pool, { id, name, scopes, requestsPerSecond, webhookSecret }, secret);
  return { id, name, headers: { Authorization: `Bearer ${secret.key}` } };
}
