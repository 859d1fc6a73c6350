import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.ts';
import { answered, createStripeClient } from '../../src/providers/stripe-client.ts';
import { createPayments, type Payments } from '../../src/providers/stripe.ts';
import { buildTimeoutMs, hasGo, startStripeMock, type StripeMock } from './stripe-mock-server.ts';

const intentId = 'pi_1';
const key = 'stripe-mock';
const orderId = '01990000-0000-7000-8000-000000000000';
const amount = money(4599, 'EUR');
const hourAgo = new Date(Date.now() - 60 * 60 * 1000);

/** Every call of the adapter, in full and with as little as it takes. A call added later has to be added here. */
const calls: { [Call in keyof Payments]: ((payments: Payments) => Promise<unknown>)[] } = {
  create: [(payments) => payments.create({ orderId, amount, paymentMethod: 'pm_card_visa', key })],
  confirm: [(payments) => payments.confirm({ intentId, key })],
  capture: [
    (payments) => payments.capture({ intentId, key }),
    (payments) => payments.capture({ intentId, key, amount }),
  ],
  cancel: [(payments) => payments.cancel({ intentId, key })],
  retrieve: [(payments) => payments.retrieve(intentId)],
  listMade: [(payments) => payments.listMade({ from: hourAgo, to: new Date() })],
  findByOrder: [
    (payments) => payments.findByOrder({ orderId, createdAfter: hourAgo }),
    (payments) => payments.findByOrder({ orderId, createdAfter: hourAgo, createdBefore: new Date() }),
  ],
  refund: [
    (payments) => payments.refund({ intentId, amount, key, orderId }),
    (payments) => payments.refund({ intentId, amount, key, orderId, reason: 'requested_by_customer' }),
  ],
  listRefunds: [(payments) => payments.listRefunds(intentId)],
  retrieveRefund: [(payments) => payments.retrieveRefund('re_1')],
  ping: [(payments) => payments.ping()],
};

describe.skipIf(!(await hasGo()))('stripe-mock (built with Go)', () => {
  let mock: StripeMock;
  beforeAll(async () => {
    mock = await startStripeMock();
  }, buildTimeoutMs);
  afterAll(() => mock.stop());

  const config = () => ({ apiKey: 'sk_test_123', apiBase: mock.url });

  test.each(Object.entries(calls))('accepts every request of %s', async (_name, requests) => {
    const payments = createPayments(config());
    const outcomes = await Promise.allSettled(requests.map((request) => request(payments)));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  test('refuses a parameter that Stripe does not know, so that an acceptance means something', async () => {
    const { paymentIntents } = createStripeClient(config());
    const parameters = { amount: 4599, currency: 'eur', allowed_payment_types: ['card'] };
    await expect(answered(paymentIntents.create(parameters))).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { httpStatus: 400 },
    });
  });

  test('refuses a parameter of the wrong type', async () => {
    const { paymentIntents } = createStripeClient(config());
    const parameters = { amount: 4599, currency: 'eur', capture_method: 'by hand' };
    await expect(answered(paymentIntents.create(parameters))).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { httpStatus: 400 },
    });
  });
});
