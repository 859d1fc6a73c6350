import { ApplicationFailure, Context } from '@temporalio/activity';
import { settle } from '../../db/jobs/takeover.ts';
import type { DispatchRef } from '../../db/jobs/attempts.ts';
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

  function known(type: string): RegisteredJob {
    const found = byName.get(type);
    if (found) return found;
    // A worker of a release that has it may be there, or will be.
    throw ApplicationFailure.retryable(`this worker knows no jobs of type ${type}`, 'UnknownJobType');
  }

  async function attempt(ref: JobRef, short: boolean): Promise<Attempted> {
    return runAttempt(ctx, known(ref.type), ref, { short, onStop: listenToTemporal() });
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
      const { maxAttempts } = known(ref.type).type.retry;
      const settled = await settle(ctx.pool, ref, why, maxAttempts);
      if (settled.outcome === 'begun' || settled.outcome === 'tried_before')
        throw new Error('settling is about no attempt');
      if (settled.outcome === 'ended') ctx.events.jobEnded(settled.ended);
      return settled.outcome;
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
