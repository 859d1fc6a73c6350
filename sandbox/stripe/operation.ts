import type { Form } from './form-body.ts';
import type { Store, Transaction } from './store.ts';
import type { CardOutcome } from './test-cards.ts';

/** One call of one endpoint, as the code that executes it sees it. */
export interface Context {
  store: Store;
  transaction: Transaction;
  /** Seconds for which an authorization holds. */
  authorizationSeconds: number;
  /** Where a customer completes 3-D Secure. */
  baseUrl: string;
  /** A decline that a fault asks for, whatever the card says. */
  forcedOutcome: (CardOutcome & { kind: 'declined' }) | null;
}

/** An endpoint of the API. */
export interface Operation {
  method: 'get' | 'post';
  /** Express path; its only parameter is `id`. */
  path: string;
  /** The name that faults and logs use. */
  name: string;
  /** Throws StripeFailure. */
  run(form: Form, id: string, context: Context): object;
}
