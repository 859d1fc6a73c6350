import { repairsOf } from '../../db/findings.ts';
import { listQuiet, openAmong } from '../../db/orders/quiet.ts';
import * as cursors from '../../db/reconciler-cursors.ts';
import { startAgain } from '../../db/orders/start-again.ts';
import { orderWorkflowId } from '../../domain/ids.ts';
import type { Finding, PersonKind, RepairKind } from '../../domain/reconciler.ts';
import type { Run } from '../../domain/run.ts';
import type { ReconcileContext } from './context.ts';
import { inBatches } from './in-batches.ts';
import { createReport, type Report } from './report.ts';

/** Questions to Temporal under way at once. */
const questionsAtOnce = 8;

/** A workflow task tried this often stalls: workflow code throws, and an engineer has to look (law 16). */
const stalledAfterAttempts = 5;

/** A run that is lost this often within a day is lost by something that starting again does not mend. */
const maxResumesADay = 5;

const sweepCursor = 'open orders';
const lostCursor = 'lost runs';

/** What became of the orders' runs: none, lost, stalled, or as it should be. */
export function createRunLook(ctx: ReconcileContext) {
  const { pool, limits, runs } = ctx;

  return {
    async reconcileRuns(): Promise<number> {
      const report = createReport(ctx);
      const lookedAt = new Date();
      const lost = await listLost();
      const sweep = await nextOfSweep();
      const orderIds = [...new Set([...lost, ...sweep.orderIds])];
      const found = await inBatches(orderIds, questionsAtOnce, (orderId) => lookAt(ctx, report, orderId));
      const forPeople = found.filter((finding) => finding !== null);
      await report.forPeople(['run_lost_again', 'run_stalled'], forPeople, { cutShort: !sweep.whole });
      await cursors.move(pool, lostCursor, { at: lookedAt, id: null });
      return report.count;
    },
  };

  /** What Temporal's visibility tells at once, however many orders are open. */
  async function listLost(): Promise<string[]> {
    const last = await cursors.find(pool, lostCursor);
    const since = new Date((last?.at.getTime() ?? Date.now()) - limits.overlapMs);
    const orderIds = await runs.lostSince(since, limits.batchSize);
    return orderIds.length === 0 ? [] : openAmong(pool, orderIds);
  }

  /** Whatever visibility does not tell, a batch at a time and round again. */
  async function nextOfSweep(): Promise<{ orderIds: string[]; whole: boolean }> {
    const { quietMs, batchSize } = limits;
    const after = await cursors.find(pool, sweepCursor);
    const quiet = await listQuiet(pool, quietMs, after?.id ? after : undefined, batchSize);
    const last = quiet.length === batchSize ? quiet.at(-1) : undefined;
    if (last) await cursors.move(pool, sweepCursor, { at: last.createdAt, id: last.orderId });
    else if (after?.id) await cursors.move(pool, sweepCursor, { at: new Date(0), id: null });
    return { orderIds: quiet.map(({ orderId }) => orderId), whole: !last && !after?.id };
  }
}

/** Gives what a person has to see, or null where there is nothing, or nothing any more. */
async function lookAt(
  ctx: ReconcileContext,
  report: Report,
  orderId: string,
): Promise<Finding<PersonKind> | null> {
  const run = await ctx.runs.find(orderWorkflowId(orderId));
  if (run?.status !== 'running') return startWhatIsLost(ctx, report, orderId, run);
  if (run.taskAttempts < stalledAfterAttempts) return null;
  const facts = { runId: run.runId, taskAttempts: run.taskAttempts };
  return { kind: 'run_stalled', subject: orderId, orderId, facts };
}

async function startWhatIsLost(
  ctx: ReconcileContext,
  report: Report,
  orderId: string,
  run: Run | null,
): Promise<Finding<PersonKind> | null> {
  const kind: RepairKind = run ? 'run_lost' : 'order_without_run';
  const why = run?.status ?? 'never started';
  const facts = { why, runId: run?.runId ?? null };
  const before = await repairsOf(ctx.pool, kind, orderId, ctx.limits.quietMs);
  if (before.justNow > 0) return null;
  if (before.today >= maxResumesADay) return { kind: 'run_lost_again', subject: orderId, orderId, facts };
  await report.repair({ kind, subject: orderId, orderId, facts }, 'started again', (tx) =>
    startAgain(tx, orderId, why, ctx.policy),
  );
  return null;
}
