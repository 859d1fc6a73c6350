import { describeFailure } from '../../domain/described-failure.ts';
import { Failure, type FailureType } from '../../domain/failures.ts';
import type { Events } from '../../telemetry/events.ts';

/** Without the database there is no look at all. */
const databaseGone: ReadonlySet<FailureType> = new Set(['DatabaseUnavailable']);

/**
 * Does what a look does about one thing. When that fails for reasons of its own, which is logged and counted, the look goes
 * on with the next: one order that a provider does not want to hear of holds up no other. Gives whether it worked; failures
 * of the types in `endsLook` are thrown on, and so is what is no failure of a known type, unless nothing ends the look.
 */
export async function unlessFailing(
  events: Pick<Events, 'reconcilerFailed'>,
  about: { readonly kind: string; readonly subject: string },
  work: () => Promise<void>,
  endsLook: ReadonlySet<FailureType> | 'nothing' = databaseGone,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (endsLook !== 'nothing' && (!(error instanceof Failure) || endsLook.has(error.type))) throw error;
    const { type, message } = describeFailure(error);
    events.reconcilerFailed({ ...about, failureType: type, failureMessage: message });
    return false;
  }
}
