import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import { errorOf, intentParams, stripeFor } from './stripe-client.ts';

let sandbox: StripeSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startStripeSandbox();
  stripe = stripeFor(sandbox);
});
afterAll(() => sandbox.close());

const held = () => stripe.paymentIntents.create(intentParams({ confirm: true }));

/** The id of the payment method made from the test card. */
function cardIn({ payment_method: method }: Stripe.PaymentIntent): string {
  if (typeof method !== 'string') throw new Error('no payment method');
  return method;
}

describe('a payment', () => {
  test('is created, confirmed and captured', async () => {
    const created = await stripe.paymentIntents.create(intentParams());
    expect(created).toMatchObject({
      status: 'requires_confirmation',
      amount_capturable: 0,
      latest_charge: null,
    });
    const confirmed = await stripe.paymentIntents.confirm(created.id);
    expect(confirmed).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 4_599,
      amount_received: 0,
    });
    const captured = await stripe.paymentIntents.capture(created.id);
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 4_599 });
    expect(await stripe.paymentIntents.retrieve(created.id)).toMatchObject({ status: 'succeeded' });
  });

  test('shows until when it can be captured on its expanded charge', async () => {
    const { id } = await held();
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    const charge = intent.latest_charge;
    if (typeof charge !== 'object' || charge === null) throw new Error('not expanded');
    const captureBefore = charge.payment_method_details?.card?.capture_before ?? 0;
    expect(captureBefore - charge.created).toBe(7 * 24 * 60 * 60);
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ id: charge.id, captured: false });
  });

  test('may be captured in part, which releases the rest', async () => {
    const { id } = await held();
    const intent = await stripe.paymentIntents.capture(id, { amount_to_capture: 1_000 });
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 1_000, amount_capturable: 0 });
  });

  test('can be captured for no more than it holds', async () => {
    const { id } = await held();
    const error = await errorOf(stripe.paymentIntents.capture(id, { amount_to_capture: 4_600 }));
    expect(error).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' });
  });

  test('is released by cancelling, for good', async () => {
    const { id } = await held();
    const canceled = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'requested_by_customer' });
    expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0, amount_received: 0 });
    const error = await errorOf(stripe.paymentIntents.capture(id));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(error.payment_intent).toMatchObject({ id, status: 'canceled' });
  });

  test('that was captured can no longer be cancelled or confirmed', async () => {
    const { id } = await held();
    await stripe.paymentIntents.capture(id);
    for (const call of [stripe.paymentIntents.cancel(id), stripe.paymentIntents.confirm(id)]) {
      expect(await errorOf(call)).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
  });

  test('whose authorization ran out is cancelled by Stripe itself', async () => {
    const { id } = await held();
    sandbox.expireAuthorization(id);
    const intent = await stripe.paymentIntents.retrieve(id);
    expect(intent).toMatchObject({ status: 'canceled', cancellation_reason: 'automatic' });
  });

  test('with automatic capture takes the money when it is confirmed', async () => {
    const intent = await stripe.paymentIntents.create(
      intentParams({ confirm: true, capture_method: 'automatic' }),
    );
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 4_599 });
  });
});

describe('a card', () => {
  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s is declined with %s, %s', async (paymentMethod, code, declineCode) => {
    const { id } = await stripe.paymentIntents.create(intentParams({ payment_method: paymentMethod }));
    const error = await errorOf(stripe.paymentIntents.confirm(id));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
    });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method', payment_method: null });
    const retry = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(retry).toMatchObject({ status: 'requires_capture', last_payment_error: null });
  });

  test('that nobody knows is refused before anything happens', async () => {
    const error = await errorOf(
      stripe.paymentIntents.create(intentParams({ payment_method: 'pm_card_nobody' })),
    );
    expect(error).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'payment_method' });
  });

  test('that asks for 3-D Secure waits for the customer', async () => {
    const { id } = await stripe.paymentIntents.create(
      intentParams({ payment_method: 'pm_card_authenticationRequired' }),
    );
    const waiting = await stripe.paymentIntents.confirm(id, { return_url: 'https://shop.example/back' });
    expect(waiting).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    const page = waiting.next_action?.redirect_to_url?.url ?? '';
    expect(await (await fetch(page)).text()).toContain('45.99 EUR');
    sandbox.authenticate(id, true);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_capture' });
  });

  test('whose 3-D Secure fails can be replaced', async () => {
    const { id } = await stripe.paymentIntents.create(
      intentParams({
        payment_method: 'pm_card_authenticationRequired',
        confirm: true,
        return_url: 'https://shop.example',
      }),
    );
    sandbox.authenticate(id, false);
    const failed = await stripe.paymentIntents.retrieve(id);
    expect(failed.status).toBe('requires_payment_method');
    expect(failed.last_payment_error?.code).toBe('payment_intent_authentication_failure');
  });

  test('that asks for 3-D Secure is declined where nobody can complete it', async () => {
    const off = intentParams({
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
      off_session: true,
    });
    expect(await errorOf(stripe.paymentIntents.create(off))).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
    });
  });

  test('kept for a customer can be charged again off-session, another one not', async () => {
    const customer = await stripe.customers.create({ email: 'ada@example.com' });
    const kept = await stripe.paymentIntents.create(
      intentParams({ customer: customer.id, setup_future_usage: 'off_session', confirm: true }),
    );
    const again = {
      customer: customer.id,
      payment_method: cardIn(kept),
      confirm: true,
      off_session: true,
    };
    expect(await stripe.paymentIntents.create(intentParams(again))).toMatchObject({
      status: 'requires_capture',
    });
    const once = await held();
    const reuse = intentParams({ payment_method: cardIn(once) });
    expect(await errorOf(stripe.paymentIntents.create(reuse))).toMatchObject({ statusCode: 400 });
  });
});

test('only what waits for a customer or holds money is changed by hand', async () => {
  const { id } = await held();
  expect(() => sandbox.authenticate(id, true)).toThrow('is not in requires_action');
  await stripe.paymentIntents.capture(id);
  const commands = [id, 'pi_nobody'].map((one) => `${sandbox.url}/sandbox/payment_intents/${one}/expire`);
  const answers = await Promise.all(commands.map((url) => fetch(url, { method: 'POST' })));
  expect(answers.map(({ status }) => status)).toEqual([409, 404]);
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
});

describe('a refund', () => {
  test('gives back a part and then the rest, and is found by its payment', async () => {
    const { id } = await held();
    await stripe.paymentIntents.capture(id);
    const part = await stripe.refunds.create({
      payment_intent: id,
      amount: 599,
      metadata: { key: 'refund-1' },
    });
    expect(part).toMatchObject({ amount: 599, status: 'succeeded', payment_intent: id });
    const rest = await stripe.refunds.create({ payment_intent: id });
    expect(rest.amount).toBe(4_000);
    const { data } = await stripe.refunds.list({ payment_intent: id });
    expect(data.map((refund) => [refund.amount, refund.metadata])).toEqual([
      [4_000, {}],
      [599, { key: 'refund-1' }],
    ]);
    const error = await errorOf(stripe.refunds.create({ payment_intent: id }));
    expect(error).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  });

  test('needs something to give back', async () => {
    const { id } = await held();
    expect(await errorOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({ statusCode: 400 });
    await stripe.paymentIntents.capture(id);
    expect(await errorOf(stripe.refunds.create({ payment_intent: id, amount: 4_600 }))).toMatchObject({
      param: 'amount',
    });
  });
});

describe('a request', () => {
  test.each([
    [{ amount: 45.5 }, 'amount', 'parameter_invalid_integer'],
    [{ amount: 0 }, 'amount', 'parameter_invalid_integer'],
    [{ amount: 49 }, 'amount', 'amount_too_small'],
    [{ amount: 100_000_000 }, 'amount', 'amount_too_large'],
    [{ customer: 'cus_nobody' }, 'customer', 'resource_missing'],
    [{ colour: 'red' }, 'colour', 'parameter_unknown'],
    [{ metadata: { key: { deep: 1 } } }, 'metadata', undefined],
    [{ off_session: true }, 'off_session', undefined],
  ])('with %j is refused', async (overrides, param, code) => {
    const error = await errorOf(stripe.paymentIntents.create(Object.assign(intentParams(), overrides)));
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400 });
    expect(error.code).toBe(code);
    expect(error.param?.split('[')[0]).toBe(param);
  });

  test('that allows redirects needs an address to come back to', async () => {
    const { allowed_payment_method_types: _, ...open } = intentParams({ confirm: true });
    expect((await errorOf(stripe.paymentIntents.create(open))).message).toContain('return_url');
    const closed = {
      ...open,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
    };
    expect(await stripe.paymentIntents.create(closed)).toMatchObject({ status: 'requires_capture' });
  });

  test('for what does not exist is answered with 404', async () => {
    const calls = [stripe.paymentIntents.retrieve('pi_nobody'), stripe.charges.retrieve('ch_nobody')];
    for (const call of calls)
      expect(await errorOf(call)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect((await fetch(`${sandbox.url}/v1/teapots`)).status).toBe(404);
  });

  test('without a test key is answered with 401', async () => {
    const live = stripeFor(sandbox);
    const error = await errorOf(live.paymentIntents.retrieve('pi_1', {}, { apiKey: 'sk_live_x' }));
    expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
  });

  test('always has an id of its own', async () => {
    const [first, second] = await Promise.all([held(), held()]);
    expect(first.lastResponse.requestId).toMatch(/^req_/);
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  });
});

test('a list is paged from the newest back, within the times asked for', async () => {
  const before = await stripe.paymentIntents.list({ limit: 100 });
  const ids = [];
  for (let count = 0; count < 5; count += 1)
    ids.unshift((await stripe.paymentIntents.create(intentParams())).id);
  const found = [];
  for await (const { id } of stripe.paymentIntents.list({ limit: 2 })) {
    if (before.data.some((old) => old.id === id)) break;
    found.push(id);
  }
  expect(found).toEqual(ids);
  const created = (await stripe.paymentIntents.retrieve(ids[0] ?? '')).created;
  expect((await stripe.paymentIntents.list({ created: { gt: created + 60 } })).data).toEqual([]);
  expect((await stripe.paymentIntents.list({ created: { gte: created } })).data.length).toBeGreaterThan(0);
});
