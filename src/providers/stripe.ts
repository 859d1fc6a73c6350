import type { Money } from '../domain/money.ts';
import { answered, createStripeClient, type StripeConfig } from './stripe-client.ts';
import { intentCalls } from './stripe-intents.ts';
import { refundCalls } from './stripe-refunds.ts';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

/** A PaymentIntent: one attempt to take one order's money. */
export interface Intent {
  /** `pi_…` */
  readonly id: string;
  readonly status: IntentStatus;
  /** What it was made for. */
  readonly amount: Money;
  /** What has been captured so far, in the currency's smallest unit; refunds don't lower it. */
  readonly amountReceivedMinor: number;
  /** What of that has been given back; 0 also where the provider's answer does not show the charge. */
  readonly amountRefundedMinor: number;
  /** Until when what was authorized can be captured; null when nothing is authorized. */
  readonly captureBefore: Date | null;
  /** Where the customer confirms the payment; null when there is nothing to do, or no page to do it on. */
  readonly actionUrl: string | null;
  /** The order that we made it for; null on an intent that isn't ours. */
  readonly orderId: string | null;
  readonly lastDecline: { readonly code: string | null; readonly declineCode: string | null } | null;
}

export type RefundStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';

export interface Refund {
  /** `re_…` */
  readonly id: string;
  readonly status: RefundStatus;
  readonly amount: Money;
  /** Our key, which it carries in its metadata; null on a refund that isn't ours. */
  readonly key: string | null;
  readonly orderId: string | null;
  readonly intentId: string | null;
}

export interface IntentCall {
  readonly intentId: string;
  /** The idempotency key. */
  readonly key: string;
}

/**
 * Taking and giving back money. Every call throws a `Failure`: `PaymentDeclined` and `PaymentActionRequired` are
 * Stripe's no; `ProviderUnavailable` and `ProviderRateLimited` pass; `ProviderReplayedFailure` asks for a look and a new
 * key; `ProviderStateConflict` asks for a look; `Misconfigured` needs an engineer.
 */
export interface Payments {
  /** Makes an intent without confirming it: nothing is asked of the card yet. */
  create(call: { orderId: string; amount: Money; paymentMethod: string; key: string }): Promise<Intent>;
  /** Authorizes the amount: `requires_capture`, or `requires_action` where the customer has to confirm it. */
  confirm(call: IntentCall): Promise<Intent>;
  /** Takes what was authorized, or `amount` of it. A conflict when that has been done under another key. */
  capture(call: IntentCall & { amount?: Money }): Promise<Intent>;
  /** Lets go of what was authorized. Already cancelled is success; already captured is a `ProviderStateConflict`. */
  cancel(call: IntentCall): Promise<Intent>;
  retrieve(intentId: string): Promise<Intent>;
  /**
   * Every intent made in the time span, both ends included and counted in whole seconds, the newest first; those that we
   * made carry an order's id. `Misconfigured` when the span holds more than 5,000.
   */
  listMade(span: { from: Date; to: Date }): Promise<Intent[]>;
  /**
   * The order's intent among those made in the time span, both ends included and counted in whole seconds: the newest
   * that isn't cancelled, else the newest.
   */
  findByOrder(span: { orderId: string; createdAfter: Date; createdBefore?: Date }): Promise<Intent | null>;
  /** Gives back `amount` of what was captured. A conflict when there is nothing left to give back. */
  refund(call: {
    intentId: string;
    amount: Money;
    key: string;
    orderId: string;
    reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer';
  }): Promise<Refund>;
  /** Every refund of the intent, by whomever it was made, the newest first. */
  listRefunds(intentId: string): Promise<Refund[]>;
  retrieveRefund(refundId: string): Promise<Refund>;
  /** Resolves when Stripe answers and takes our API key. */
  ping(): Promise<void>;
}

export function createPayments(config: StripeConfig): Payments {
  const client = createStripeClient(config);
  return {
    ...intentCalls(client.paymentIntents),
    ...refundCalls(client.refunds),
    async ping() {
      await answered(client.paymentIntents.list({ limit: 1 }));
    },
  };
}
