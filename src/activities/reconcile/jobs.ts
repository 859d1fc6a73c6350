import { settle } from '../../db/job-takeover.ts';
import { transaction } from '../../db/pool.ts';
import { listQuietJobs, listStalledLines, restartLine, type QuietJob } from '../../db/quiet-jobs.ts';
import * as cursors from '../../db/reconciler-cursors.ts';
import { batchWorkflowId, jobWorkflowId } from '../../domain/ids.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { Finding, PersonKind } from '../../domain/reconciler.ts';
import type { ReconcileContext } from './context.ts';
import { inBatches } from './in-batches.ts';
import { createReport, type Report } from './report.ts';

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
      const found = await inBatches(quiet, questionsAtOnce, (job) => lookAt(ctx, report, job));
      const forPeople = found.filter((finding) => finding !== null);
      await report.forPeople(['job_run_stalled'], forPeople, {
        cutShort: last !== undefined || after !== null,
      });
      await cursors.move(pool, sweepCursor, { at: new Date(), id: last?.jobId ?? null });
      await restartLines(ctx, report);
      return report.count;
    },
  };
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

async function restartLines({ pool, limits }: JobLookContext, report: Report): Promise<void> {
  for (const key of await listStalledLines(pool, limits.batchSize)) {
    if (!(await transaction(pool, (tx) => restartLine(tx, key)))) continue;
    const finding = { kind: 'job_line_stalled', subject: key, orderId: null, facts: {} } as const;
    await report.repair(finding, 'went on');
  }
}
