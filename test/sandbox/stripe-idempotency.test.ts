import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import type { Stripe } from 'stripe';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import { errorOf, intentParams, stripeFor } from './stripe-client.ts';

let sandbox: StripeSandbox;
let stripe: Stripe;

async function start(idempotencyTtlMs?: number): Promise<void> {
  sandbox = await startStripeSandbox(idempotencyTtlMs === undefined ? {} : { idempotencyTtlMs });
  stripe = stripeFor(sandbox);
}

beforeEach(() => start());
afterEach(() => sandbox.close());

const create = (key: string, overrides = {}) =>
  stripe.paymentIntents.create(intentParams(overrides), { idempotencyKey: key });
const replayed = ({ headers }: { headers: Record<string, string> }) =>
  new Headers(headers).get('idempotent-replayed');
/** A call whose body stays as it is written. */
const postCustomer = (body: string) =>
  fetch(`${sandbox.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_x', 'idempotency-key': 'key-1' },
    body,
  });
const created = () => sandbox.ledger({ kind: 'payment_intent.created' });

describe('the same key', () => {
  test('gives the first answer again, and acts once', async () => {
    const first = await create('key-1');
    const second = await create('key-1');
    expect(second).toEqual(first);
    expect([replayed(first.lastResponse), replayed(second.lastResponse)]).toEqual([null, 'true']);
    expect(created()).toHaveLength(1);
  });

  test('gives the first answer even when the object has moved on', async () => {
    const first = await create('key-1');
    await stripe.paymentIntents.cancel(first.id);
    expect(await create('key-1')).toMatchObject({ id: first.id, status: 'requires_confirmation' });
  });

  test('with other parameters or for another endpoint is an idempotency error', async () => {
    const { id } = await create('key-1');
    const errors = [
      await errorOf(create('key-1', { amount: 1_000 })),
      await errorOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'key-1' })),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({
        type: 'StripeIdempotencyError',
        statusCode: 400,
        rawType: 'idempotency_error',
      });
    }
    expect(created()).toHaveLength(1);
  });

  test('does not mind the order of the parameters', async () => {
    expect((await postCustomer('name=Ada&email=ada@example.com')).status).toBe(200);
    const again = await postCustomer('email=ada%40example.com&name=Ada');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  });

  test('is refused with 409 while the first call is under way', async () => {
    sandbox.faults.add({ operation: 'payment_intent.create', mode: 'delay', delayMs: 1_500 });
    const first = create('key-1');
    await eventually(() => sandbox.faults.list()[0]?.hits).toBe(1);
    const error = await errorOf(create('key-1'));
    expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    const { id } = await first;
    expect((await create('key-1')).id).toBe(id);
  });

  test('replays a stored 500, although nothing was done', async () => {
    sandbox.faults.add({ operation: 'payment_intent.create', mode: 'error500' });
    expect(await errorOf(create('key-1'))).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
    const again = await errorOf(create('key-1'));
    expect(again.statusCode).toBe(500);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', 'stripe-should-retry': 'false' });
    expect(created()).toHaveLength(0);
    expect(await create('key-2')).toMatchObject({ status: 'requires_confirmation' });
  });

  test('replays a stored 500, although it was done', async () => {
    const { id } = await create('key-1');
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'error500_after' });
    const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'key-2' });
    expect((await errorOf(confirm())).statusCode).toBe(500);
    expect((await errorOf(confirm())).headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_capture' });
  });

  test('replays a decline', async () => {
    const { id } = await create('key-1', { payment_method: 'pm_card_chargeDeclined' });
    const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'key-2' });
    expect((await errorOf(confirm())).statusCode).toBe(402);
    const again = await errorOf(confirm());
    expect(again).toMatchObject({ statusCode: 402, decline_code: 'generic_decline' });
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(sandbox.ledger({ kind: 'payment_intent.declined' })).toHaveLength(1);
  });

  test('may be used again after a request that was wrong or came too fast', async () => {
    expect((await errorOf(create('key-1', { amount: 1 }))).statusCode).toBe(400);
    sandbox.faults.add({ operation: 'payment_intent.create', mode: 'rate_limit', retryAfterSeconds: 7 });
    const limited = await errorOf(create('key-1'));
    expect(limited).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429, code: 'rate_limit' });
    expect(limited.headers).toMatchObject({ 'retry-after': '7' });
    expect(await create('key-1')).toMatchObject({ status: 'requires_confirmation' });
  });

  test('is forgotten when its time is over', async () => {
    await sandbox.close();
    await start(50);
    const first = await create('key-1');
    await eventually(async () => (await create('key-1')).id).not.toBe(first.id);
    expect(created().length).toBeGreaterThan(1);
  });

  test('is forgotten on request, as after 24 hours', async () => {
    const first = await create('key-1');
    await fetch(`${sandbox.url}/sandbox/idempotency-keys`, { method: 'DELETE' });
    expect((await create('key-1')).id).not.toBe(first.id);
  });
});

test('fifty calls at once with one key make one payment: the others are told to wait, or told of it', async () => {
  sandbox.faults.add({ operation: 'payment_intent.create', mode: 'delay', delayMs: 500 });
  const calls = await Promise.allSettled(Array.from({ length: 50 }, () => create('key-1')));
  const made = new Set(calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value.id] : [])));
  const refusals = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []));
  expect(made.size).toBe(1);
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) expect(refusal).toMatchObject({ statusCode: 409 });
  expect(created()).toHaveLength(1);
});
