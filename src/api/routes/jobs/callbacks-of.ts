import type { Db } from '../../../db/pool.ts';
import { readJob } from '../../../db/read-jobs.ts';
import { listCallbacks } from '../../../db/webhook-deliveries.ts';
import { Problem } from '../../errors.ts';

/** What a job's `callbackUrl` was told, or is to be told, the newest first; throws the problem where there is no such job. */
export async function callbacksOf(db: Db, jobId: string): ReturnType<typeof listCallbacks> {
  const job = await readJob(db, jobId);
  if (!job) throw new Problem('unknown-job');
  const { callbackUrl: url, apiKeyId } = job;
  return url === null ? [] : listCallbacks(db, jobId, { url, apiKeyId });
}
