import { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import { startStripeSandbox } from '../../sandbox/stripe/server.ts';
import { money } from '../../src/domain/money.ts';
import { newId } from '../../src/domain/new-id.ts';
import { verifyStripeWebhook } from '../../src/providers/stripe-webhook.ts';
import { createPayments } from '../../src/providers/stripe.ts';
import { WebhookSignatureError } from '../../src/providers/webhook-signature.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const secret = 'whsec_test';
const orderId = newId();
const createdAt = new Date('2026-11-22T12:00:00Z');

function eventAbout(object: object, type = 'payment_intent.succeeded') {
  return { id: 'evt_1', object: 'event', type, created: createdAt.getTime() / 1000, data: { object } };
}

const intent = { object: 'payment_intent', id: 'pi_1', metadata: { order_id: orderId } };

interface Signing {
  secret?: string;
  ageSeconds?: number;
}

function signed(event: unknown, { secret: key = secret, ageSeconds = 0 }: Signing = {}) {
  const payload = typeof event === 'string' ? event : JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: key, timestamp });
  return { body: Buffer.from(payload), headers: { 'stripe-signature': signature } };
}

describe('an event of Stripe', () => {
  test('about an intent names it and its order', () => {
    const { body, headers } = signed(eventAbout(intent));
    expect(verifyStripeWebhook(body, headers, secret)).toEqual({
      id: 'evt_1',
      type: 'payment_intent.succeeded',
      createdAt,
      intentId: 'pi_1',
      orderId,
    });
  });

  test.each([
    ['a charge', { object: 'charge', id: 'ch_1', payment_intent: 'pi_1', metadata: intent.metadata }],
    ['a refund', { object: 'refund', id: 're_1', payment_intent: 'pi_1', metadata: intent.metadata }],
    ['an expanded one', { object: 'refund', id: 're_1', payment_intent: intent, metadata: intent.metadata }],
  ])('about %s names the intent behind it', (_what, object) => {
    const { body, headers } = signed(eventAbout(object));
    expect(verifyStripeWebhook(body, headers, secret)).toMatchObject({ intentId: 'pi_1', orderId });
  });

  test('about something else names neither', () => {
    const { body, headers } = signed(eventAbout({ object: 'balance', available: [] }));
    expect(verifyStripeWebhook(body, headers, secret)).toMatchObject({ intentId: null, orderId: null });
  });

  test('may be as old as the tolerance allows', () => {
    const { body, headers } = signed(eventAbout(intent), { ageSeconds: 290 });
    expect(verifyStripeWebhook(body, headers, secret)).toMatchObject({ id: 'evt_1' });
    expect(() => verifyStripeWebhook(body, headers, secret, 60)).toThrow(WebhookSignatureError);
  });
});

describe('refused is', () => {
  const good = signed(eventAbout(intent));

  test.each([
    ['an unsigned event', { ...good, headers: {} }],
    ['an empty signature', { ...good, headers: { 'stripe-signature': '' } }],
    ['a signature that is none', { ...good, headers: { 'stripe-signature': 'v1=zzz' } }],
    ['somebody else’s signature', signed(eventAbout(intent), { secret: 'whsec_other' })],
    ['an old event', signed(eventAbout(intent), { ageSeconds: 301 })],
    ['a changed body', { ...good, body: Buffer.from(good.body.toString().replace('pi_1', 'pi_2')) }],
    ['an empty body', { ...good, body: Buffer.alloc(0) }],
    ['a signed body that is no JSON', signed('hello')],
    ['a signed body that is no event', signed({ hello: 'world' })],
    ['a thin event', signed({ object: 'v2.core.event', id: 'evt_1', type: 'x' })],
  ])('%s', (_what, { body, headers }) => {
    expect(() => verifyStripeWebhook(body, headers, secret)).toThrow(WebhookSignatureError);
  });

  test('every event where no secret is set', () => {
    const { body, headers } = signed(eventAbout(intent), { secret: '' });
    expect(() => verifyStripeWebhook(body, headers, '')).toThrow(WebhookSignatureError);
  });
});

test('what the sandbox sends is an event of ours', async () => {
  const receiver = await startWebhookReceiver('/webhooks/stripe');
  const sandbox = await startStripeSandbox({ webhook: { url: receiver.url, secret } });
  const payments = createPayments({ apiKey: 'sk_test_webhook', apiBase: sandbox.url });
  const call = { orderId, amount: money(4599, 'EUR'), paymentMethod: 'pm_card_visa', key: newId() };
  const { id: intentId } = await payments.create(call);
  await payments.confirm({ intentId, key: newId() });
  const events = () =>
    receiver.deliveries.map(({ body, headers }) => verifyStripeWebhook(body, headers, secret));
  await expect
    .poll(events)
    .toContainEqual(
      expect.objectContaining({ type: 'payment_intent.amount_capturable_updated', intentId, orderId }),
    );
  expect(() => events().map(({ createdAt: at }) => at.toISOString())).not.toThrow();
  await Promise.all([sandbox.close(), receiver.close()]);
});
