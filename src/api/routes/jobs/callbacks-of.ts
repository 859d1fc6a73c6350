import type { Db } from '../../../db/pool.ts';
import { listCallbacks } from '../../../db/webhooks/deliveries.ts';
import { Problem } from '../../problems/errors.ts';

/** What a job's `callbackUrl` was told, or is to be told, the newest first; throws the problem where there is no such job. */
export async function callbacksOf(db: Db, jobId: string) {
  const told = await listCallbacks(db, jobId);
  if (!told) throw new Problem('unknown-job');
  return told;
}
