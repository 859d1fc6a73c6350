import { Stripe } from 'stripe';
import type { StripeSandbox } from '../../sandbox/stripe/server.ts';

/** The official client as it comes, but for its own retries. */
export function stripeFor({ port }: Pick<StripeSandbox, 'port'>, timeout = 10_000): Stripe {
  const httpClient = Stripe.createFetchHttpClient(); // Node's `http` repeats a call whose connection broke.
  return new Stripe('sk_test_sandbox', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    httpClient,
    maxNetworkRetries: 0,
    timeout,
    telemetry: false,
  });
}

export const orderId = '0199aaaa-0000-7000-8000-000000000001';

/** An intent as the saga makes it: held first, captured later. */
export function intentParams(overrides: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  return {
    amount: 4_599,
    currency: 'eur',
    capture_method: 'manual',
    allowed_payment_method_types: ['card'],
    payment_method: 'pm_card_visa',
    metadata: { order_id: orderId },
    ...overrides,
  } satisfies Stripe.PaymentIntentCreateParams;
}

/** The error that a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
