import { settle } from '../../db/jobs/takeover.ts';
import { listQuietJobs, listStalledLines, restartLine, type QuietJob } from '../../db/jobs/quiet.ts';
import * as cursors from '../../db/reconciler-cursors.ts';
import { batchWorkflowId, jobWorkflowId } from '../../domain/ids.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { Finding, PersonKind, RepairKind } from '../../domain/reconciler.ts';
import type { ReconcileContext } from './context.ts';
import { inBatches } from './in-batches.ts';
import { createReport, type Report } from './report.ts';
import { unlessFailing } from './unless-failing.ts';

/** Questions to Temporal under way at once. */
const questionsAtOnce = 8;

/** A workflow task tried this often stalls: workflow code throws, and an engineer has to look (law 16). */
const stalledAfterAttempts = 5;

const sweepCursor = 'running jobs';

export interface JobLookContext extends ReconcileContext {
  readonly jobTypes: readonly JobRules[];
}

/** Jobs that run by the books and whose run is lost, and lines in which everybody waits. */
export function createJobLook(ctx: JobLookContext) {
  const { pool, limits } = ctx;

  return {
    async reconcileJobs(): Promise<number> {
      const report = createReport(ctx);
      const after = (await cursors.find(pool, sweepCursor))?.id ?? null;
      const quiet = await listQuietJobs(pool, limits.quietMs, after, limits.batchSize);
      const last = quiet.length === limits.batchSize ? quiet.at(-1) : undefined;
      const forPeople: Finding<PersonKind>[] = [];
      const looked = await inBatches(quiet, questionsAtOnce, (job) =>
        goingOn(ctx, { kind: 'job_run_lost', subject: job.jobId }, async () => {
          const finding = await lookAt(ctx, report, job);
          if (finding) forPeople.push(finding);
        }),
      );
      await report.forPeople(['job_run_stalled'], forPeople, {
        cutShort: last !== undefined || after !== null || looked.includes(false),
      });
      const next = last?.jobId ?? null;
      if (next !== after) await cursors.move(pool, sweepCursor, { at: new Date(), id: next });
      await restartLines(ctx, report);
      return report.count;
    },
  };
}

/** Whatever one of them fails with: that the database itself is gone is told by what the look does next. */
async function goingOn(
  { events }: JobLookContext,
  about: { readonly kind: RepairKind; readonly subject: string },
  work: () => Promise<void>,
): Promise<boolean> {
  return unlessFailing(events, about, work, 'nothing');
}

/** Gives what a person has to see, or null where there is nothing. */
async function lookAt(
  ctx: JobLookContext,
  report: Report,
  { jobId, type, dispatch, batch }: QuietJob,
): Promise<Finding<PersonKind> | null> {
  const own = await ctx.runs.find(jobWorkflowId(jobId, dispatch));
  const run = own ?? (batch === null ? null : await ctx.runs.find(batchWorkflowId(batch)));
  const about = { subject: jobId, orderId: null };
  if (run?.status === 'running') {
    if (run.taskAttempts < stalledAfterAttempts) return null;
    return { ...about, kind: 'job_run_stalled', facts: { runId: run.runId, taskAttempts: run.taskAttempts } };
  }
  const rules = ctx.jobTypes.find(({ name }) => name === type);
  // A type that this release does not know is no reason to give its jobs up.
  const maxAttempts = rules?.retry.maxAttempts ?? Number.MAX_SAFE_INTEGER;
  const settled = await settle(ctx.pool, { jobId, dispatch }, 'lost', maxAttempts);
  if (settled.outcome === 'gone') return null;
  if (settled.outcome === 'ended') ctx.events.jobEnded(settled.ended);
  const facts = { why: run?.status ?? 'no such run', type, dispatch };
  await report.repair(
    { ...about, kind: 'job_run_lost', facts },
    settled.outcome === 'ended' ? 'ended' : 'put back',
  );
  return null;
}

async function restartLines(ctx: JobLookContext, report: Report): Promise<void> {
  const { pool, limits } = ctx;
  for (const key of await listStalledLines(pool, limits.batchSize)) {
    const about = { kind: 'job_line_stalled', subject: key } as const;
    await goingOn(ctx, about, async () => {
      await report.repair({ ...about, orderId: null, facts: {} }, 'went on', (tx) => restartLine(tx, key));
    });
  }
}
