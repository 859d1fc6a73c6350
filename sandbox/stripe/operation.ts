import type { Form } from './form-body.ts';
import type { Store, Transaction } from './store.ts';
import type { CardOutcome } from './test-cards.ts';

/** What is the same for every call. */
export interface World {
  store: Store;
  /** Seconds for which an authorization holds. */
  authorizationSeconds: number;
  /** Where this stand-in is reached, known once it listens. */
  baseUrl: () => string;
}

/** One call of one endpoint, as the code that executes it sees it. */
export interface Context extends World {
  transaction: Transaction;
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
