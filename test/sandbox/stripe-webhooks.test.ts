import { Stripe } from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import { errorOf, intentParams, orderId, stripeFor } from './stripe-client.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const secret = 'whsec_test';
let receiver: WebhookReceiver;
let sandbox: StripeSandbox;
let stripe: Stripe;

beforeEach(async () => {
  receiver = await startWebhookReceiver('/webhooks/stripe');
  sandbox = await startStripeSandbox({ webhook: { url: receiver.url, secret } });
  stripe = stripeFor(sandbox);
});
afterEach(() => Promise.all([sandbox.close(), receiver.close()]));

const allDelivered = () => eventually(() => sandbox.summary()).toMatchObject({ pendingWebhooks: 0 });

describe('an event', () => {
  test('is signed so that the official client accepts it, and only unchanged', async () => {
    const intent = await stripe.paymentIntents.create(intentParams(), { idempotencyKey: 'key-1' });
    await allDelivered();
    const [first] = receiver.received;
    const body = first?.body ?? '';
    const signature = first?.headers['stripe-signature'] ?? '';
    const event = stripe.webhooks.constructEvent(body, signature, secret);
    expect(event).toMatchObject({
      object: 'event',
      api_version: Stripe.API_VERSION,
      type: 'payment_intent.created',
      data: { object: { id: intent.id, status: 'requires_confirmation', metadata: { order_id: orderId } } },
      request: { id: intent.lastResponse.requestId, idempotency_key: 'key-1' },
    });
    expect(() => stripe.webhooks.constructEvent(`${body} `, signature, secret)).toThrow(/signature/);
    expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow(/signature/);
  });

  test('is sent for each thing that happens to a payment', async () => {
    const { id } = await stripe.paymentIntents.create(intentParams({ confirm: true }));
    await stripe.paymentIntents.capture(id);
    await stripe.refunds.create({ payment_intent: id });
    await allDelivered();
    expect(receiver.types().toSorted()).toEqual([
      'charge.captured',
      'charge.refunded',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.created',
      'payment_intent.succeeded',
      'refund.created',
      'refund.updated',
    ]);
  });

  test('tells of declines, of 3-D Secure and of cancellations', async () => {
    await errorOf(
      stripe.paymentIntents.create(intentParams({ confirm: true, payment_method: 'pm_card_chargeDeclined' })),
    );
    const { id } = await stripe.paymentIntents.create(
      intentParams({ confirm: true, payment_method: 'pm_card_authenticationRequired' }),
    );
    await stripe.paymentIntents.cancel(id);
    await allDelivered();
    expect(receiver.types()).toEqual(
      expect.arrayContaining([
        'charge.failed',
        'payment_intent.payment_failed',
        'payment_intent.requires_action',
        'payment_intent.canceled',
      ]),
    );
  });

  test('is sent again, newly signed, until it is answered with 2xx', async () => {
    receiver.answerWith(503);
    await stripe.paymentIntents.create(intentParams());
    await eventually(() => receiver.received.length).toBeGreaterThanOrEqual(2);
    receiver.answerWith(204);
    await allDelivered();
    const ids = new Set(receiver.received.map(({ body }) => Reflect.get(JSON.parse(body), 'id')));
    expect(ids.size).toBe(1);
    const attempts = receiver.received.length;
    await stripe.paymentIntents.create(intentParams());
    await allDelivered();
    expect(receiver.received).toHaveLength(attempts + 1);
  });
});

describe('on request an event', () => {
  test('comes twice', async () => {
    sandbox.faults.add({ operation: 'webhook.payment_intent.created', mode: 'twice' });
    await stripe.paymentIntents.create(intentParams());
    await allDelivered();
    expect(receiver.types()).toEqual(['payment_intent.created', 'payment_intent.created']);
    expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
  });

  test('never comes', async () => {
    sandbox.faults.add({ operation: 'webhook.payment_intent.created', mode: 'drop' });
    const { id } = await stripe.paymentIntents.create(intentParams());
    await stripe.paymentIntents.cancel(id);
    await allDelivered();
    expect(receiver.types()).toEqual(['payment_intent.canceled']);
  });

  test('comes late', async () => {
    sandbox.faults.add({ operation: 'webhook.*', mode: 'delayed', delayMs: 200, match: { orderId } });
    await stripe.paymentIntents.create(intentParams());
    expect(sandbox.summary()).toMatchObject({ pendingWebhooks: 1 });
    const asked = Date.now();
    await allDelivered();
    expect((receiver.received[0]?.at ?? 0) - asked).toBeGreaterThan(100);
  });

  test('is overtaken by the next one of its object', async () => {
    sandbox.faults.add({
      operation: 'webhook.payment_intent.created',
      mode: 'out_of_order',
      delayMs: 60_000,
    });
    const { id } = await stripe.paymentIntents.create(intentParams());
    await stripe.paymentIntents.cancel(id);
    await allDelivered();
    expect(receiver.types()).toEqual(['payment_intent.canceled', 'payment_intent.created']);
  });
});

test('without an endpoint there are no events', async () => {
  const silent = await startStripeSandbox();
  await stripeFor(silent).paymentIntents.create(intentParams());
  expect(silent.summary()).toMatchObject({ pendingWebhooks: 0 });
  await silent.close();
});
