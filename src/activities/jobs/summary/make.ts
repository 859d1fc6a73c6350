import { enqueueJob } from '../../../db/jobs/enqueue.ts';
import { expectObject, keepObjects } from '../../../db/loose-objects.ts';
import { makeSummary } from '../../../db/reports/summaries.ts';
import { newId } from '../../../domain/new-id.ts';
import { summaryFileKey, type Summary, type SummarySpan } from '../../../domain/summary.ts';
import type { JobContext, JobOutcome, JobRun } from '../job-handler.ts';
import { summaryMail } from '../summary-mail/type.ts';
import { pageOf } from './page.ts';
import { titleOf } from './words.ts';

/** Adds a span up, puts its PDF into the object store, and owes the mail with the end of the job. */
export async function makeAndMail(
  run: JobRun<{ readonly mailTo?: string | undefined }>,
  ctx: JobContext,
  span: SummarySpan,
): Promise<JobOutcome> {
  const summary = await makeSummary(ctx.pool, span);
  run.progress(40, 'added up');
  const pdf = await ctx.documents.writeSummary(pageOf(summary), run.signal);
  const key = summaryFileKey(summary.id, newId());
  await expectObject(ctx.pool, key);
  const { bytes } = await ctx.objects.put(key, pdf, { mediaType: 'application/pdf', signal: run.signal });
  run.progress(90, 'drawn');
  const address = run.input.mailTo ?? ctx.operators.email;
  return {
    result: resultOf(summary),
    file: { key, name: `${titleOf(summary)}.pdf`, mediaType: 'application/pdf', bytes },
    commit: async (tx) => {
      await keepObjects(tx, [key]);
      if (address === null) return;
      const input = { summaryId: summary.id, address, fileKey: key };
      await enqueueJob(tx, summaryMail, { input, requestedBy: `job ${run.jobId}` });
    },
  };
}

function resultOf({ id, orders, sales, outstanding }: Summary) {
  const revenue = sales.map(({ currency, revenueMinor, reversedMinor }) => ({
    amountMinor: revenueMinor - reversedMinor,
    currency,
  }));
  return { summaryId: id, ordersPlaced: orders.placed, revenue, outstanding };
}
