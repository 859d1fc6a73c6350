import { orderBalances, type OrderBalance } from './balances.ts';
import { cancelIntent } from './cancel-intent.ts';
import { authorize, declineWith } from './confirm-intent.ts';
import { StripeFailure } from './errors.ts';
import { intentNamed } from './intent-object.ts';
import type { Intent } from './objects.ts';
import type { Context, World } from './operation.ts';
import { cardFor } from './payment-methods.ts';

/** What happens at Stripe without a call of ours: customers, banks and time. */
export interface StripeCommands {
  /** What each order was charged. */
  balances(): OrderBalance[];
  /** Ends the 3-D Secure step of an intent in `requires_action`, as its customer would. */
  authenticate(intentId: string, succeeds: boolean): Intent;
  /** Lets the authorization of an intent in `requires_capture` run out, as after 7 days. */
  expireAuthorization(intentId: string): Intent;
  /** Forgets every idempotency key, as after 24 hours. */
  forgetIdempotencyKeys(): void;
}

export function createCommands(world: World): StripeCommands {
  const { store } = world;

  function change(
    intentId: string,
    status: Intent['status'],
    work: (intent: Intent, context: Context) => Intent,
  ): Intent {
    const intent = intentNamed(intentId, store);
    if (intent.status !== status) throw conflict(intent, status);
    return store.transact({ requestId: null, idempotencyKey: null }, (transaction) =>
      work(intent, { ...world, transaction, forcedOutcome: null }),
    );
  }

  return {
    balances: () => orderBalances(store),
    authenticate: (intentId, succeeds) =>
      change(intentId, 'requires_action', (intent, context) => {
        const card = cardFor(intent.payment_method ?? '', intent.customer, store, context.transaction);
        if (succeeds) return authorize(intent, card, context);
        return declineWith(intent, card, { kind: 'declined', ...notAuthenticated }, context).intent;
      }),
    expireAuthorization: (intentId) =>
      change(intentId, 'requires_capture', (intent, context) => cancelIntent(intent, 'automatic', context)),
    forgetIdempotencyKeys: () => store.forgetReplies(),
  };
}

const notAuthenticated = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'payment_intent_authentication_failure',
  message:
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
};

function conflict({ id, status }: Intent, expected: string): StripeFailure {
  const message = `${id} is not in ${expected}: it is ${status}`;
  return new StripeFailure(409, { type: 'invalid_request_error', message }, { executed: false });
}
