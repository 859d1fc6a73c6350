import { Failure, type FailureType } from '../../domain/failures.ts';
import type { Events } from '../../telemetry/events.ts';

/** Without the database there is no look at all. */
const databaseGone: ReadonlySet<FailureType> = new Set(['DatabaseUnavailable']);

/**
 * Does what a look does about one thing. When that fails for reasons of its own, which is logged and counted, the look goes
 * on with the next: one order that a provider does not want to hear of holds up no other. Gives whether it worked; failures
 * of the types in `endsLook` are thrown on.
 */
export async function unlessFailing(
  events: Pick<Events, 'reconcilerFailed'>,
  about: { readonly kind: string; readonly subject: string },
  work: () => Promise<void>,
  endsLook: ReadonlySet<FailureType> = databaseGone,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || endsLook.has(error.type)) throw error;
    events.reconcilerFailed({ ...about, failureType: error.type, failureMessage: error.message });
    return false;
  }
}
