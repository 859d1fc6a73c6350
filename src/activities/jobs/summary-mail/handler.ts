import { buffer } from 'node:stream/consumers';
import { findSummary, intendSummaryMail, markSummaryMailed } from '../../../db/reports/summaries.ts';
import { refused } from '../../../domain/failures.ts';
import { summaryMessageId } from '../../../domain/ids.ts';
import { registerJob } from '../job-handler.ts';
import { renderSummaryMail } from '../summary/mail.ts';
import { titleOf } from '../summary/words.ts';
import { summaryMail } from './type.ts';

/** Sends the mail unless it has been sent; sent again only where the mail server's reply was lost. */
export const summaryMailJob = registerJob(summaryMail, async ({ jobId, input, signal }, ctx) => {
  const { summaryId, address, fileKey } = input;
  const summary = await findSummary(ctx.pool, summaryId);
  if (!summary) throw refused('InvalidJobInput', 'There is no such summary.');
  const messageId = summaryMessageId(jobId, ctx.mailDomain);
  if (!(await intendSummaryMail(ctx.pool, summaryId, address, messageId))) return { result: { sent: false } };
  const pdf = await ctx.objects.get(fileKey, { signal });
  if (!pdf) throw refused('InvalidJobInput', 'The PDF of the summary has had its time.');
  await ctx.mailer.send({
    messageId,
    to: address,
    ...renderSummaryMail(summary),
    attachments: [
      { filename: `${titleOf(summary)}.pdf`, contentType: 'application/pdf', content: await buffer(pdf) },
    ],
  });
  await markSummaryMailed(ctx.pool, summaryId, address);
  return { result: { sent: true } };
});
