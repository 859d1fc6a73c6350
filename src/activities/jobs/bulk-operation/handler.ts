import type { Pool } from 'pg';
import * as bulk from '../../../db/bulk-operations.ts';
import type { BulkOperation } from '../../../db/bulk-operations.ts';
import { resolve } from '../../../db/orders/commands.ts';
import { cancelJob, retryJob } from '../../../db/jobs/commands.ts';
import { transaction, type Tx } from '../../../db/pool.ts';
import { Failure } from '../../../domain/failures.ts';
import { registerJob } from '../job-handler.ts';
import { bulkOperation } from './type.ts';

/** Items under way at once. */
const atOnce = 4;

/** Items between two looks at what is left. */
const batch = 100;

/** Each item is told in a transaction of its own, which notes that it was: a repeat goes on where the last attempt ended. */
export const bulkOperationJob = registerJob(bulkOperation, async (run, { pool }) => {
  const operation = await bulk.readBulk(pool, run.input.operationId);
  if (!operation) throw new Error(`there is no bulk operation ${run.input.operationId}`);
  let done = operation.accepted + operation.refused;
  for (;;) {
    const left = await bulk.nextItems(pool, operation.id, batch);
    if (left.length === 0) break;
    for (let start = 0; start < left.length; start += atOnce) {
      run.signal.throwIfAborted();
      const some = left.slice(start, start + atOnce);
      await Promise.all(some.map((subjectId) => tell(pool, operation, subjectId)));
      done += some.length;
      run.progress((done / operation.counted) * 100, `${done} of ${operation.counted}`);
    }
  }
  const { accepted, refused } = (await bulk.readBulk(pool, operation.id)) ?? operation;
  return { result: { operationId: operation.id, accepted, refused } };
});

async function tell(pool: Pool, operation: BulkOperation, subjectId: string): Promise<void> {
  const item = { id: operation.id, subjectId };
  try {
    await transaction(pool, async (tx) => {
      if (!(await bulk.lockItem(tx, item))) return;
      const there = await command(tx, operation, subjectId);
      await bulk.settleItem(
        tx,
        item,
        there ? 'accepted' : 'refused',
        there ? null : 'It is no longer there.',
      );
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.type !== 'CommandRefused') throw error;
    // What has changed since it was counted is left alone.
    await bulk.settleItem(pool, item, 'refused', error.message);
  }
}

/** False where there is none any more. */
async function command(tx: Tx, operation: BulkOperation, subjectId: string): Promise<boolean> {
  const { id, action, filter, confirmedBy, requestedBy } = operation;
  const asked = { requestedBy: confirmedBy ?? requestedBy, reason: `bulk operation ${id}` };
  const asCounted = () => bulk.assertAsCounted(tx, operation, subjectId);
  if (filter.of === 'orders') {
    return (await resolve(tx, { ...asked, orderId: subjectId }, action, asCounted)) !== 'no_such_order';
  }
  const tellJob = action === 'retry' ? retryJob : cancelJob;
  const { outcome } = await tellJob(tx, { ...asked, jobId: subjectId, bulkOperationId: id }, asCounted);
  return outcome !== 'no_such_job';
}
