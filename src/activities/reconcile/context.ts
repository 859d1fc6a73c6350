import type { ReconcilerLimits } from '../../domain/reconciler.ts';
import type { OrderPolicy } from '../../domain/policies.ts';
import type { Runs } from '../../domain/run.ts';
import type { ActivityContext } from '../context.ts';

/** What the reconciler works with. */
export interface ReconcileContext extends ActivityContext {
  readonly runs: Runs;
  readonly limits: ReconcilerLimits;
  /** For orders that were accepted before their policy was kept. */
  readonly policy: OrderPolicy;
  /** From this many failures of its own on an entry of the outbox needs a person. */
  readonly poisonedAfterAttempts: number;
}
