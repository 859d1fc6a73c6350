import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultRequest } from '../../sandbox/shared/faults.ts';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import { money } from '../../src/domain/money.ts';
import { newId } from '../../src/domain/new-id.ts';
import { createPayments, type Intent, type Payments } from '../../src/providers/stripe.ts';
import { badGateway, breakOff, drip, nonsense, startBrokenServer } from './broken-server.ts';

const apiKey = 'sk_test_faults';
const shortTimeoutMs = 150;
const amount = money(4599, 'EUR');
const key = (): string => `faults.${newId()}`;

let sandbox: StripeSandbox;
let payments: Payments;
beforeAll(async () => {
  sandbox = await startStripeSandbox();
  payments = createPayments({ apiKey, apiBase: sandbox.url });
});
afterEach(() => sandbox.faults.clear());
afterAll(() => sandbox.close());

const newCall = (orderId = newId()) => ({ orderId, amount, paymentMethod: 'pm_card_visa', key: key() });
const newIntent = (): Promise<Intent> => payments.create(newCall());
const effects = (orderId: string, kind: string) => sandbox.ledger({ orderId, kind });
const fault = (request: FaultRequest) => sandbox.faults.add(request);

describe('a stored 500', () => {
  test.each(['error500', 'error500_after'] as const)('comes back under its key after %s', async (mode) => {
    const { id } = await newIntent();
    const call = { intentId: id, key: key() };
    fault({ operation: 'payment_intent.confirm', mode });
    await expect(payments.confirm(call)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    await expect(payments.confirm(call)).rejects.toMatchObject({
      type: 'ProviderReplayedFailure',
      facts: { httpStatus: 500 },
    });
  });

  test('that acted shows in a look, by id and by order', async () => {
    const call = newCall();
    fault({ operation: 'payment_intent.create', mode: 'error500_after' });
    await expect(payments.create(call)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    const createdAfter = new Date(Date.now() - 1_000);
    const found = await payments.findByOrder({ orderId: call.orderId, createdAfter });
    expect(found).toMatchObject({ orderId: call.orderId, status: 'requires_confirmation' });
  });

  test('that did not act is followed by success under a new key', async () => {
    const { id } = await newIntent();
    fault({ operation: 'payment_intent.confirm', mode: 'error500' });
    await expect(payments.confirm({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderUnavailable',
    });
    expect(await payments.confirm({ intentId: id, key: key() })).toMatchObject({
      status: 'requires_capture',
    });
  });
});

describe('a stored refusal', () => {
  const error = { status: 400, type: 'invalid_request_error', code: 'parameter_unknown' };

  test('says that it is replayed, and only then', async () => {
    const call = newCall();
    fault({ operation: 'payment_intent.create', mode: 'refuse', error });
    const refusal: unknown = await payments.create(call).catch((thrown: unknown) => thrown);
    expect(refusal).toMatchObject({ type: 'Misconfigured', facts: { httpStatus: 400 } });
    expect(refusal).not.toHaveProperty('facts.replayed');
    await expect(payments.create(call)).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { httpStatus: 400, replayed: true },
    });
  });

  test('is followed by success under a new key', async () => {
    const call = newCall();
    fault({ operation: 'payment_intent.create', mode: 'refuse', error });
    await expect(payments.create(call)).rejects.toMatchObject({ type: 'Misconfigured' });
    expect(await payments.create({ ...call, key: key() })).toMatchObject({ status: 'requires_confirmation' });
  });
});

test('a key that was used for another request asks for a look and a new one', async () => {
  const call = newCall();
  await payments.create(call);
  await expect(payments.create({ ...call, amount: money(1, 'EUR') })).rejects.toMatchObject({
    type: 'ProviderReplayedFailure',
    facts: { httpStatus: 400 },
  });
});

describe('a lost reply', () => {
  test('is told at once and not asked for again behind our back', async () => {
    const call = newCall();
    fault({ operation: 'payment_intent.create', mode: 'drop_reply' });
    await expect(payments.create(call)).rejects.toMatchObject({ type: 'ProviderUnavailable', facts: {} });
    expect(effects(call.orderId, 'payment_intent.created')).toHaveLength(1);
  });

  test('is made up for by the same call with the same key', async () => {
    const call = newCall();
    const { id } = await payments.create(call);
    const confirm = { intentId: id, key: key() };
    fault({ operation: 'payment_intent.confirm', mode: 'drop_reply' });
    await expect(payments.confirm(confirm)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(await payments.confirm(confirm)).toMatchObject({ id, status: 'requires_capture' });
    expect(effects(call.orderId, 'payment_intent.confirmed')).toHaveLength(1);
  });

  test('of a request that never arrived is told in the same way', async () => {
    const call = newCall();
    fault({ operation: 'payment_intent.create', mode: 'drop_request' });
    await expect(payments.create(call)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(effects(call.orderId, 'payment_intent.created')).toEqual([]);
  });
});

describe('a refusal', () => {
  test('replayed under its key is still a refusal', async () => {
    const { id } = await newIntent();
    const call = { intentId: id, key: key() };
    fault({ operation: 'payment_intent.confirm', mode: 'refuse', error: { declineCode: 'lost_card' } });
    const refusal = { type: 'PaymentDeclined', facts: { code: 'card_declined', declineCode: 'lost_card' } };
    await expect(payments.confirm(call)).rejects.toMatchObject(refusal);
    await expect(payments.confirm(call)).rejects.toMatchObject(refusal);
    expect(sandbox.faults.list()).toMatchObject([{ hits: 1 }]);
  });

  test('for want of authentication asks for an action', async () => {
    const { id } = await newIntent();
    const error = { declineCode: 'authentication_required' };
    fault({ operation: 'payment_intent.confirm', mode: 'refuse', error });
    await expect(payments.confirm({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'PaymentActionRequired',
      facts: { code: 'authentication_required' },
    });
  });

  test('keeps what Stripe says about it to itself', async () => {
    const error = {
      type: 'card_error',
      status: 402,
      code: 'card_declined',
      message: 'jane@shop.example, 4242',
    };
    fault({ operation: 'payment_intent.create', mode: 'refuse', error });
    const failure: unknown = await newIntent().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ type: 'PaymentDeclined', cause: undefined });
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toMatch(/jane|4242|sk_test/);
  });
});

describe('an error', () => {
  test.each([
    ['lock_timeout', 429, 'ProviderUnavailable'],
    ['idempotency_key_in_use', 409, 'ProviderUnavailable'],
    ['rate_limit', 400, 'ProviderRateLimited'],
    ['charge_expired_for_capture', 400, 'ProviderStateConflict'],
    ['payment_method_unexpected_state', 400, 'PaymentDeclined'],
    ['secret_key_required', 403, 'Misconfigured'],
    ['parameter_unknown', 400, 'Misconfigured'],
  ])('%s with status %d is a %s', async (code, status, type) => {
    const error = { type: 'invalid_request_error', code, status };
    fault({ operation: 'payment_intent.create', mode: 'refuse', error });
    await expect(newIntent()).rejects.toMatchObject({ type, facts: { code, httpStatus: status } });
  });

  test('429 hands on how long to wait', async () => {
    fault({ operation: 'payment_intent.create', mode: 'rate_limit', retryAfterSeconds: 3 });
    await expect(newIntent()).rejects.toMatchObject({ type: 'ProviderRateLimited', retryAfterMs: 3_000 });
  });

  test('409 for a call with the same key under way passes by itself', async () => {
    const call = newCall();
    const slow = fault({ operation: 'payment_intent.create', mode: 'delay', delayMs: 300 });
    const first = payments.create(call);
    await expect.poll(() => sandbox.faults.list().find((one) => one.faultId === slow.faultId)?.hits).toBe(1);
    await expect(payments.create(call)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(await payments.create({ ...call, key: key() })).not.toEqual(await first);
  });
});

describe('no answer in time', () => {
  test('is told at the time-out', async () => {
    const hasty = createPayments({ apiKey, apiBase: sandbox.url, timeoutMs: shortTimeoutMs });
    fault({ operation: 'payment_intent.create', mode: 'hang' });
    const startedAt = performance.now();
    await expect(hasty.create(newCall())).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(performance.now() - startedAt).toBeLessThan(10 * shortTimeoutMs);
  });

  test('is told at the time-out although some of the answer has come', async () => {
    const server = await startBrokenServer(drip);
    const hasty = createPayments({ apiKey, apiBase: server.url, timeoutMs: shortTimeoutMs });
    await expect(hasty.ping()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(server.requests()).toBe(1);
    await server.close();
  });
});

test.each([
  ['a proxy’s error page', badGateway],
  ['a broken connection', breakOff],
  ['half an answer', nonsense],
])('%s passes by itself, after one request', async (_name, answer) => {
  const server = await startBrokenServer(answer);
  const call = createPayments({ apiKey, apiBase: server.url }).create(newCall());
  await expect(call).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  expect(server.requests()).toBe(1);
  await server.close();
});

test('nobody at the address passes by itself', async () => {
  const server = await startBrokenServer(breakOff);
  await server.close();
  const call = createPayments({ apiKey, apiBase: server.url }).create(newCall());
  await expect(call).rejects.toMatchObject({ type: 'ProviderUnavailable' });
});

test('an intent is found behind more pages than one', async () => {
  const { orderId, id } = await payments.create(newCall());
  const others = Array.from({ length: 120 }, () => payments.create(newCall()));
  await Promise.all(others);
  const createdAfter = new Date(Date.now() - 60_000);
  fault({ operation: 'payment_intent.list', mode: 'delay_reply', delayMs: 0, times: 'always' });
  expect(await payments.findByOrder({ orderId: orderId ?? '', createdAfter })).toMatchObject({ id });
  expect(sandbox.faults.list()).toMatchObject([{ hits: 2 }]);
});

test('a currency that Stripe counts in hundredths is charged at its worth', async () => {
  const worth = money(4599, 'ISK');
  const orderId = newId();
  const intent = await payments.create({ ...newCall(orderId), amount: worth });
  expect(effects(orderId, 'payment_intent.created')).toMatchObject([{ details: { amountMinor: 459_900 } }]);
  await payments.confirm({ intentId: intent.id, key: key() });
  const part = { intentId: intent.id, key: key(), amount: money(4000, 'ISK') };
  expect(await payments.capture(part)).toMatchObject({ amount: worth, amountReceivedMinor: 4000 });
  const refund = await payments.refund({ ...part, key: key(), orderId, amount: money(1000, 'ISK') });
  expect(refund).toMatchObject({ amount: money(1000, 'ISK') });
  expect(effects(orderId, 'refund.created')).toMatchObject([{ details: { amountMinor: 100_000 } }]);
});

test('a status that we do not know needs an engineer', async () => {
  const known = await newIntent();
  const server = await startBrokenServer((_request, response) => {
    const intent = {
      id: known.id,
      object: 'payment_intent',
      amount: 4599,
      amount_received: 0,
      currency: 'eur',
    };
    response.end(JSON.stringify({ ...intent, metadata: {}, latest_charge: null, status: 'requires_luck' }));
  });
  const call = createPayments({ apiKey, apiBase: server.url }).retrieve(known.id);
  await expect(call).rejects.toMatchObject({ type: 'Misconfigured', facts: { status: 'requires_luck' } });
  await server.close();
});
