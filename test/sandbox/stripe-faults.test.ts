import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import type { Stripe } from 'stripe';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import type { Effect } from '../../sandbox/shared/effects.ts';
import { errorOf, intentParams, orderId, stripeFor } from './stripe-client.ts';

let sandbox: StripeSandbox;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await startStripeSandbox();
  stripe = stripeFor(sandbox);
});
afterEach(() => sandbox.close());

const create = () => stripe.paymentIntents.create(intentParams(), { idempotencyKey: 'create' });
const confirm = (id: string) => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm' });
const confirmed = () => sandbox.ledger({ orderId, kind: 'payment_intent.confirmed' });

describe('a call', () => {
  test('whose reply is dropped was done, and its repeat is told so', async () => {
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'drop_reply' });
    expect(await errorOf(confirm(id))).toMatchObject({ type: 'StripeConnectionError' });
    expect(confirmed()).toHaveLength(1);
    expect(await confirm(id)).toMatchObject({ status: 'requires_capture' });
    expect(confirmed()).toHaveLength(1);
  });

  test('that breaks off before it is read was not done', async () => {
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'drop_request' });
    expect(await errorOf(confirm(id))).toMatchObject({ type: 'StripeConnectionError' });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_confirmation' });
    expect(await confirm(id)).toMatchObject({ status: 'requires_capture' });
  });

  test('that hangs is not done when its client gives up', async () => {
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'hang' });
    const hasty = stripeFor(sandbox, 500);
    expect(await errorOf(hasty.paymentIntents.confirm(id))).toMatchObject({ type: 'StripeConnectionError' });
    expect(confirmed()).toHaveLength(0);
    expect(await confirm(id)).toMatchObject({ status: 'requires_capture' });
  });

  test('that lands late finds what has happened meanwhile', async () => {
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'late_land', delayMs: 1_500 });
    expect(await errorOf(confirm(id))).toMatchObject({ type: 'StripeConnectionError' });
    expect(await errorOf(confirm(id))).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    await stripe.paymentIntents.cancel(id);
    await eventually(async () => (await errorOf(confirm(id))).statusCode).toBe(400);
    expect((await errorOf(confirm(id))).headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(confirmed()).toHaveLength(0);
  });

  test('that lands late takes effect when nothing is in its way', async () => {
    const { id } = await create();
    sandbox.faults.add({
      operation: 'payment_intent.confirm',
      mode: 'late_land',
      delayMs: 1_000,
      hang: true,
    });
    const hasty = stripeFor(sandbox, 500);
    expect(await errorOf(hasty.paymentIntents.confirm(id))).toMatchObject({ type: 'StripeConnectionError' });
    await eventually(confirmed).toHaveLength(1);
  });

  test('is delayed before it acts, or before it answers', async () => {
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'delay', delayMs: 1_000 });
    const late = confirm(id);
    await eventually(() => sandbox.faults.list()[0]?.hits).toBe(1);
    expect(confirmed()).toHaveLength(0);
    await late;
    sandbox.faults.add({ operation: 'payment_intent.capture', mode: 'delay_reply', delayMs: 200 });
    const slow = stripe.paymentIntents.capture(id);
    await eventually(() => sandbox.ledger({ kind: 'payment_intent.captured' })).toHaveLength(1);
    expect(await slow).toMatchObject({ status: 'succeeded' });
  });

  test('to confirm is refused by declining the card', async () => {
    const { id } = await create();
    sandbox.faults.add({
      operation: 'payment_intent.confirm',
      mode: 'refuse',
      error: { declineCode: 'insufficient_funds' },
    });
    const error = await errorOf(confirm(id));
    expect(error).toMatchObject({ statusCode: 402, decline_code: 'insufficient_funds' });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_payment_method' });
  });

  test('is refused with any other error on request', async () => {
    const error = { status: 403, type: 'invalid_request_error', code: 'account_invalid', message: 'Closed.' };
    sandbox.faults.add({ operation: 'refund.create', mode: 'refuse', error });
    const { id } = await create();
    const refused = await errorOf(stripe.refunds.create({ payment_intent: id }));
    expect(refused).toMatchObject({ statusCode: 403, code: 'account_invalid', message: 'Closed.' });
  });
});

describe('a fault', () => {
  test('strikes the order, the object or the key it is meant for', async () => {
    sandbox.faults.add({ operation: '*', mode: 'error500', match: { orderId: 'another' } });
    sandbox.faults.add({ operation: '*', mode: 'error500', match: { key: 'another' } });
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.*', mode: 'error500', match: { id } });
    expect(await errorOf(stripe.paymentIntents.retrieve(id))).toMatchObject({ statusCode: 500 });
    sandbox.faults.add({ operation: 'payment_intent.confirm', mode: 'error500', match: { orderId } });
    expect(await errorOf(confirm(id))).toMatchObject({ statusCode: 500 });
    expect(sandbox.faults.list().map(({ hits }) => hits)).toEqual([0, 0, 1, 1]);
  });

  test('lets calls pass, strikes as often as asked, and is over', async () => {
    const { id } = await create();
    sandbox.faults.add({ operation: 'payment_intent.retrieve', mode: 'error500', skip: 1, times: 2 });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) {
      statuses.push(
        await stripe.paymentIntents.retrieve(id).then(
          () => 200,
          ({ statusCode }) => statusCode,
        ),
      );
    }
    expect(statuses).toEqual([200, 500, 500, 200]);
  });

  test('is set, listed and cleared over HTTP', async () => {
    const url = `${sandbox.url}/sandbox/faults`;
    const body = JSON.stringify({ operation: '*', mode: 'drop_request', times: 'always' });
    expect((await fetch(url, { method: 'POST', body })).status).toBe(201);
    for (let call = 0; call < 3; call += 1)
      expect((await errorOf(create())).type).toBe('StripeConnectionError');
    expect(await (await fetch(url)).json()).toMatchObject({ faults: [{ remaining: 'always', hits: 3 }] });
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204);
    expect(await create()).toMatchObject({ status: 'requires_confirmation' });
  });

  test('that makes no sense is refused with what is wrong', async () => {
    const body = JSON.stringify({ operation: '*', mode: 'explode', twice: true });
    const response = await fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', body });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ path: ['mode'] }, { keys: ['twice'] }] });
  });
});

describe('the ledger', () => {
  test('tells each effect once, with order, key and amount', async () => {
    const { id } = await create();
    await confirm(id);
    await confirm(id);
    await stripe.paymentIntents.capture(id);
    await stripe.refunds.create({ payment_intent: id, metadata: { key: 'r-1' } });
    const response = await fetch(`${sandbox.url}/sandbox/ledger?orderId=${orderId}`);
    const { effects }: { effects: Effect[] } = JSON.parse(await response.text());
    expect(effects.map(({ kind }) => kind)).toEqual([
      'payment_intent.created',
      'payment_intent.confirmed',
      'payment_intent.captured',
      'refund.created',
    ]);
    expect(effects[1]).toMatchObject({
      id,
      orderId,
      key: 'confirm',
      details: { amountMinor: 4_599, currency: 'eur' },
    });
  });

  test('adds up what each order was charged', async () => {
    const { id } = await create();
    await confirm(id);
    await stripe.paymentIntents.create(intentParams({ confirm: true }));
    await stripe.paymentIntents.create(intentParams({ confirm: true, metadata: {} }));
    await stripe.paymentIntents.capture(id, { amount_to_capture: 4_000 });
    await stripe.refunds.create({ payment_intent: id, amount: 500 });
    expect(sandbox.summary()).toMatchObject({
      orders: 1,
      heldMinor: 2 * 4_599,
      capturedMinor: 4_000,
      refundedMinor: 500,
      doubleCharges: [{ orderId, charges: 2, heldMinor: 4_599, capturedMinor: 4_000 }],
      chargesWithoutOrder: [{ orderId: null, charges: 1 }],
    });
  });

  test('does not call a charge double when the first one was given up', async () => {
    const { id } = await create();
    await confirm(id);
    await stripe.paymentIntents.cancel(id);
    await stripe.paymentIntents.create(intentParams({ confirm: true }));
    expect(sandbox.summary()).toMatchObject({ doubleCharges: [], heldMinor: 4_599 });
  });
});
