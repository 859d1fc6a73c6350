import { repairsOf } from '../../db/findings.ts';
import { listOwed, oweAgain, type NoticeOwed } from '../../db/orders/notices-owed.ts';
import { noticeActivityId } from '../../domain/ids.ts';
import type { ReconcileContext } from './context.ts';
import type { Report } from './report.ts';

/** Mails that were never sent, and that nothing is about to send. */
export async function sendOwedNotices(ctx: ReconcileContext, report: Report): Promise<void> {
  const { pool, limits } = ctx;
  for (const owed of await listOwed(pool, limits.quietMs, limits.batchSize))
    await sendIfLost(ctx, report, owed);
}

async function sendIfLost(ctx: ReconcileContext, report: Report, owed: NoticeOwed): Promise<void> {
  const { orderId, kind: notice } = owed;
  const status = await ctx.runs.findActivity(noticeActivityId(orderId, notice));
  if (status === 'running') return;
  const subject = `${orderId}/${notice}`;
  const { justNow } = await repairsOf(ctx.pool, 'notice_owed', subject, ctx.limits.quietMs);
  if (justNow > 0) return;
  const facts = { notice, run: status ?? 'never started' };
  await report.repair({ kind: 'notice_owed', subject, orderId, facts }, 'sent again', (tx) =>
    oweAgain(tx, owed, status !== null),
  );
}
