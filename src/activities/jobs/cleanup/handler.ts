import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import * as old from '../../../db/leftovers.ts';
import { findLostObjects, forgetObjects, looseForMs } from '../../../db/loose-objects.ts';
import { removeUnusedDestinations } from '../../../db/webhooks/destinations.ts';
import { removeOldDeliveries } from '../../../db/webhooks/deliveries.ts';
import { Failure } from '../../../domain/failures.ts';
import { registerJob, type JobContext, type JobRun } from '../job-handler.ts';
import { leftoverNames, type Leftover } from './leftovers.ts';
import { cleanup } from './type.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** Between two batches, so that whoever waits for the disk gets a turn. */
const breatheMs = 20;

/** Files that are removed at once. */
const filesAtOnce = 20;

const removers: Record<Leftover, old.RemoveBatch> = {
  idempotencyKeys: old.removeIdempotencyKeys,
  providerEvents: old.removeProviderEvents,
  attempts: old.removeAttempts,
  deadJobs: old.removeDeadJobs,
  jobs: old.removeJobs,
  webhooks: (db, before, limit) => removeOldDeliveries(db, Date.now() - before.getTime(), limit),
  callbackDestinations: removeUnusedDestinations,
  bulkOperations: old.removeBulkOperations,
  findings: old.removeFindings,
  alerts: old.removeAlerts,
  ticks: old.removeTicks,
};

type Run = JobRun<z.output<typeof cleanup.input>>;

/** Removes files first, because a job is kept until its file is gone; its result tells how much of each there was. */
export const cleanupJob = registerJob(cleanup, async (run, ctx) => {
  const { batchSize = ctx.batches.cleanup, keepDays } = run.input;
  const removed: Record<string, number> = { files: await removeFiles(run, ctx) };
  for (const [index, name] of leftoverNames.entries()) {
    run.progress((index / leftoverNames.length) * 100, name);
    const before = new Date(Date.now() - keepDays[name] * dayMs);
    removed[name] = await inBatches(run, batchSize, () => removers[name](ctx.pool, before, batchSize));
  }
  return { result: { removed } };
});

async function removeFiles(run: Run, ctx: JobContext): Promise<number> {
  return (await removeExpired(run, ctx)) + (await removeLost(run, ctx)) + (await removeUnfinished(ctx));
}

/** What was half written when its process died. A store that does not let us look for that keeps nothing else from being removed. */
async function removeUnfinished({ objects, logger }: JobContext): Promise<number> {
  try {
    return await objects.removeUnfinished(new Date(Date.now() - looseForMs));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    logger.warn(
      { event: 'unfinishedFilesKept', err: error },
      'files that are half written cannot be removed',
    );
    return 0;
  }
}

/** Files that were put and that no commit has kept. */
async function removeLost(run: Run, { pool, objects }: JobContext): Promise<number> {
  return inBatches(run, filesAtOnce, async () => {
    const keys = await findLostObjects(pool, filesAtOnce);
    await Promise.all(keys.map((key) => objects.remove(key)));
    await forgetObjects(pool, keys);
    return keys.length;
  });
}

async function removeExpired(run: Run, { pool, objects }: JobContext): Promise<number> {
  return inBatches(run, filesAtOnce, async () => {
    const files = await old.findExpiredFiles(pool, filesAtOnce);
    await Promise.all(files.map(({ key }) => objects.remove(key)));
    await old.markFilesRemoved(
      pool,
      files.map(({ jobId }) => jobId),
    );
    return files.length;
  });
}

/** Until a batch is not full; gives how much there was in all. */
async function inBatches({ signal }: Run, batchSize: number, remove: () => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    signal.throwIfAborted();
    const count = await remove();
    total += count;
    if (count < batchSize) return total;
    await pause(breatheMs, undefined, { signal });
  }
}
