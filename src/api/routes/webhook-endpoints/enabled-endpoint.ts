import { findEndpoint } from '../../../db/webhooks/endpoints.ts';
import type { Db } from '../../../db/pool.ts';
import { Problem } from '../../problems/errors.ts';

/** Throws the problem where there is no such endpoint, or nothing is sent to it. */
export async function enabledEndpoint(db: Db, id: string): Promise<void> {
  const found = await findEndpoint(db, id);
  if (!found) throw new Problem('unknown-webhook-endpoint');
  if (found.disabled) throw new Problem('webhook-endpoint-disabled');
}
