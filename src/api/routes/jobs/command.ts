import { lockJob, type JobCommand, type JobCommandOutcome } from '../../../db/jobs/commands.ts';
import { transaction, type Tx } from '../../../db/pool.ts';
import { readJob } from '../../../db/jobs/read.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';
import { assertMatches, type IfMatch } from '../../http/etag.ts';
import { wholeJobBody } from '../../bodies/job.ts';
import type { Trace } from '../../http/trace.ts';

/** Has a command accepted, wakes whoever carries it out, and answers with the job as it is then. */
export async function commandJob(
  context: ApiContext,
  asked: JobCommand & { readonly kind: string; readonly trace: Trace; readonly ifMatch: IfMatch | null },
  accept: (tx: Tx) => Promise<JobCommandOutcome>,
) {
  const { jobId, requestedBy, kind, trace, ifMatch } = asked;
  const { outcome, view } = await transaction(context.pool, async (tx) => {
    if (ifMatch !== null) await holdToJob(tx, jobId, ifMatch, context);
    return { outcome: await accept(tx), view: await readJob(tx, jobId) };
  });
  if (!view) throw new Problem('unknown-job');
  if (outcome.outcome === 'accepted') {
    context.relay.wake();
    context.jobs.wake();
    if (outcome.ended) context.events.jobEnded(outcome.ended);
    context.events.jobCommandAccepted({ jobId, command: kind, requestedBy, traceId: trace.traceId });
  }
  return { status: 202, body: await wholeJobBody(view, context) } as const;
}

/** Holds a request to the job that its sender has read, under the job's row lock, so that nothing comes in between. */
async function holdToJob(tx: Tx, jobId: string, ifMatch: IfMatch, context: ApiContext): Promise<void> {
  if (!(await lockJob(tx, jobId))) return;
  const view = await readJob(tx, jobId);
  if (view) assertMatches(ifMatch, await wholeJobBody(view, context));
}
