import { ApplicationFailure, Context } from '@temporalio/activity';
import { giveBack, settle, type Takeover } from '../../db/jobs/takeover.ts';
import type { DispatchRef } from '../../db/jobs/attempts.ts';
import { noteUnknown } from '../../db/jobs/unknown-types.ts';
import type { RegisteredJob } from './job-handler.ts';
import { runAttempt, type AttemptHost, type Attempted, type RunnerContext } from './runner.ts';
import type { StopReason } from './stop.ts';

/** How the attempts of a run are called: by ids and the type's name, which is all that travels (law 12). */
export interface JobRef extends DispatchRef {
  readonly type: string;
}

type LastWord = Exclude<Attempted['outcome'], 'again'>;

/** The activities of the queues of jobs. */
export function createJobActivities(ctx: RunnerContext, registered: readonly RegisteredJob[]) {
  const byName = new Map(registered.map((one) => [one.type.name, one]));

  async function attempt(ref: JobRef, short: boolean): Promise<Attempted> {
    const known = byName.get(ref.type);
    if (!known) return { outcome: await leave(ref) };
    return runAttempt(ctx, known, ref, { short, onStop: listenToTemporal() });
  }

  /** A worker of a release that has the type may be there, or will be: until then its jobs take nobody's place. */
  async function leave(ref: JobRef): Promise<LastWord> {
    if (await noteUnknown(ctx.pool, ref.type)) ctx.events.jobTypeUnknown({ jobType: ref.type });
    return lastWordOf(await giveBack(ctx.pool, ref));
  }

  function lastWordOf(taken: Takeover): LastWord {
    if (taken.outcome === 'begun' || taken.outcome === 'tried_before')
      throw new Error('the last word begins no attempt');
    if (taken.outcome === 'ended') ctx.events.jobEnded(taken.ended);
    return taken.outcome;
  }

  return {
    /** An attempt; throws where another one is wanted, with the wait until then. */
    async runJob(ref: JobRef): Promise<LastWord> {
      const attempted = await attempt(ref, false);
      if (attempted.outcome !== 'again') return attempted.outcome;
      const { failure, retryInMs: nextRetryDelay } = attempted;
      throw ApplicationFailure.create({ type: failure.type, message: failure.message, nextRetryDelay });
    },

    /** An attempt within the workflow task, in the two seconds that it has there. */
    async tryJob(ref: JobRef): Promise<LastWord | { readonly retryInMs: number }> {
      const attempted = await attempt(ref, true);
      return attempted.outcome === 'again' ? { retryInMs: attempted.retryInMs } : attempted.outcome;
    },

    /** The run has come to its end without an attempt that said how; Postgres has the last word. */
    async settleJob(ref: JobRef, why: 'cancelled' | 'lost'): Promise<LastWord> {
      // A type that this worker does not know is no reason to give its jobs up.
      const maxAttempts = byName.get(ref.type)?.type.retry.maxAttempts ?? Number.MAX_SAFE_INTEGER;
      return lastWordOf(await settle(ctx.pool, ref, why, maxAttempts));
    },
  };
}

export type JobActivities = ReturnType<typeof createJobActivities>;

/** Temporal tells by the activity's cancellation, whatever it is that ends the attempt. */
function listenToTemporal(): AttemptHost['onStop'] {
  const context = Context.current();
  const { cancellationSignal: signal } = context;
  return (listener) => {
    const tell = () => listener(reasonOf(context.cancellationDetails));
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  };
}

function reasonOf(details: Context['cancellationDetails']): StopReason {
  if (details?.cancelRequested) return 'cancelled';
  // The server has given the attempt up, or the run is over: whoever comes next has the job.
  if (details?.timedOut || details?.notFound) return 'lost';
  return 'handed_over';
}
