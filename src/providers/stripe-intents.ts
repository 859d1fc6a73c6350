import type { Stripe } from 'stripe';
import { Failure } from '../domain/failures.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { answered, isStripeError, pageSize } from './stripe-client.ts';
import { amountFailure } from './stripe-failures.ts';
import { orderIdField } from './stripe-metadata.ts';
import type { Intent, IntentStatus, Payments } from './stripe.ts';

type IntentCalls = Pick<
  Payments,
  'create' | 'confirm' | 'capture' | 'cancel' | 'retrieve' | 'listMade' | 'findByOrder'
>;

/** How many intents a look-up goes through before it calls the time span too wide. */
const maxIntentsListed = 5_000;

const statuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
] as const satisfies readonly IntentStatus[];

export function intentCalls(intents: Stripe['paymentIntents']): IntentCalls {
  const expand = ['latest_charge'];
  return {
    async create({ orderId, amount, paymentMethod, key }) {
      const request = intents.create(
        {
          amount: toStripeAmount(amount),
          currency: amount.currency.toLowerCase(),
          capture_method: 'manual',
          // Cards answer at once and can be held for a later capture.
          allowed_payment_method_types: ['card'],
          payment_method: paymentMethod,
          metadata: { [orderIdField]: orderId },
        },
        { idempotencyKey: key },
      );
      return toIntent(await answered(request, amountFailure));
    },

    confirm: ({ intentId, key }) => intentOf(intents.confirm(intentId, { expand }, { idempotencyKey: key })),

    capture: ({ intentId, key, amount }) =>
      intentOf(
        intents.capture(
          intentId,
          { expand, ...(amount && { amount_to_capture: toStripeAmount(amount) }) },
          { idempotencyKey: key },
        ),
      ),

    cancel: ({ intentId, key }) =>
      intentOf(intents.cancel(intentId, { expand }, { idempotencyKey: key }).catch(acceptCancelled)),

    retrieve: (intentId) => intentOf(intents.retrieve(intentId, { expand })),

    listMade({ from, to }) {
      const created = { gte: secondsOf(from), lte: secondsOf(to) };
      return answered(allOf(intents.list({ created, limit: pageSize, expand: ['data.latest_charge'] })));
    },

    findByOrder({ orderId, createdAfter, createdBefore }) {
      const created = {
        gte: secondsOf(createdAfter),
        ...(createdBefore && { lte: secondsOf(createdBefore) }),
      };
      const list = intents.list({ created, limit: pageSize, expand: ['data.latest_charge'] });
      return answered(bestOf(list, orderId));
    },
  };
}

/** Stripe refuses to cancel an intent twice, and shows it cancelled in the refusal. */
function acceptCancelled(error: unknown): Stripe.PaymentIntent {
  const intent = isStripeError(error) ? error.payment_intent : undefined;
  if (intent?.status === 'canceled') return intent;
  throw error;
}

/** The order's newest intent that isn't cancelled, else its newest; Stripe lists the newest first. */
async function bestOf(list: AsyncIterable<Stripe.PaymentIntent>, orderId: string): Promise<Intent | null> {
  let cancelled: Intent | null = null;
  for await (const intent of bounded(list)) {
    if (intent.metadata[orderIdField] !== orderId) continue;
    if (intent.status !== 'canceled') return toIntent(intent);
    cancelled ??= toIntent(intent);
  }
  return cancelled;
}

async function allOf(list: AsyncIterable<Stripe.PaymentIntent>): Promise<Intent[]> {
  const all: Intent[] = [];
  for await (const intent of bounded(list)) all.push(toIntent(intent));
  return all;
}

async function* bounded(list: AsyncIterable<Stripe.PaymentIntent>): AsyncGenerator<Stripe.PaymentIntent> {
  let listed = 0;
  for await (const intent of list) {
    listed += 1;
    if (listed > maxIntentsListed)
      throw new Failure('Misconfigured', 'too many payment intents in the time span', { facts: { listed } });
    yield intent;
  }
}

async function intentOf(request: Promise<Stripe.PaymentIntent>): Promise<Intent> {
  return toIntent(await answered(request));
}

function toIntent(intent: Stripe.PaymentIntent): Intent {
  const currency = intent.currency.toUpperCase();
  const error = intent.last_payment_error;
  return {
    id: intent.id,
    status: statusOf(intent.status),
    amount: fromStripeAmount(intent.amount, currency),
    amountReceivedMinor: fromStripeAmount(intent.amount_received, currency).amountMinor,
    amountRefundedMinor: refundedOf(intent.latest_charge, currency),
    captureBefore: captureBeforeOf(intent.latest_charge),
    actionUrl: intent.next_action?.redirect_to_url?.url ?? null,
    orderId: intent.metadata[orderIdField] ?? null,
    lastDecline: error && { code: error.code ?? null, declineCode: error.decline_code ?? null },
  };
}

function statusOf(status: string): IntentStatus {
  const known = statuses.find((one) => one === status);
  if (!known)
    throw new Failure('Misconfigured', 'a payment intent has an unknown status', { facts: { status } });
  return known;
}

function captureBeforeOf(charge: Stripe.PaymentIntent['latest_charge']): Date | null {
  if (charge === null || typeof charge === 'string') return null;
  const seconds = charge.payment_method_details?.card?.capture_before;
  return seconds === undefined ? null : new Date(seconds * 1000);
}

/** Stripe shows a released authorization as refunded too; nothing of that was ever received. */
function refundedOf(charge: Stripe.PaymentIntent['latest_charge'], currency: string): number {
  if (charge === null || typeof charge === 'string' || !charge.captured) return 0;
  return fromStripeAmount(charge.amount_refunded, currency).amountMinor;
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
