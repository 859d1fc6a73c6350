import { randomAlphanumeric } from '../shared/ids.ts';
import { resourceMissing } from './errors.ts';
import { nowSeconds, type Intent } from './objects.ts';
import type { Store } from './store.ts';

/** What a new intent starts with. */
type IntentStart = Pick<
  Intent,
  | 'allowed_payment_method_types'
  | 'amount'
  | 'automatic_payment_methods'
  | 'capture_method'
  | 'currency'
  | 'customer'
  | 'description'
  | 'metadata'
  | 'payment_method'
  | 'payment_method_types'
  | 'receipt_email'
  | 'setup_future_usage'
  | 'shipping'
  | 'statement_descriptor'
  | 'statement_descriptor_suffix'
  | 'transfer_group'
>;

/** A PaymentIntent as just created, not yet confirmed. */
export function newIntent(start: IntentStart): Intent {
  const id = `pi_3${randomAlphanumeric(23)}`;
  return {
    id,
    object: 'payment_intent',
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    canceled_at: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomAlphanumeric(25)}`,
    confirmation_method: 'automatic',
    created: nowSeconds(),
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_record: null,
    processing: null,
    review: null,
    source: null,
    transfer_data: null,
    ...start,
    status: start.payment_method === null ? 'requires_payment_method' : 'requires_confirmation',
  };
}

/** Throws 404 where there is none. */
export function intentNamed(id: string, store: Store): Intent {
  const intent = store.intents.get(id);
  if (!intent) throw resourceMissing('payment_intent', id, 'intent', 404);
  return intent;
}
