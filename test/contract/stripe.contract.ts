import { expect, test } from 'vitest';
import { money } from '../../src/domain/money.ts';
import { newId } from '../../src/domain/new-id.ts';
import { createPayments, type Intent, type Payments } from '../../src/providers/stripe.ts';
import { answered, createStripeClient, type StripeConfig } from '../../src/providers/stripe-client.ts';

const total = money(4599, 'EUR');
const hourMs = 60 * 60 * 1000;

const key = (): string => `contract.${newId()}`;

/** What anything that calls itself Stripe has to do for us. */
export function stripeContract(config: () => StripeConfig): void {
  const payments = (): Payments => createPayments(config());

  async function created(paymentMethod = 'pm_card_visa', orderId = newId()): Promise<Intent> {
    return payments().create({ orderId, amount: total, paymentMethod, key: key() });
  }

  async function authorized(orderId = newId()): Promise<Intent> {
    const { id } = await created('pm_card_visa', orderId);
    return payments().confirm({ intentId: id, key: key() });
  }

  async function captured(orderId = newId()): Promise<Intent> {
    const { id } = await authorized(orderId);
    return payments().capture({ intentId: id, key: key() });
  }

  async function cancelled(orderId = newId()): Promise<Intent> {
    const { id } = await created('pm_card_visa', orderId);
    return payments().cancel({ intentId: id, key: key() });
  }

  test('an intent is made without asking anything of the card', async () => {
    const orderId = newId();
    const intent = await created('pm_card_chargeDeclined', orderId);
    expect(intent).toEqual({
      id: expect.stringMatching(/^pi_/),
      status: 'requires_confirmation',
      amount: total,
      amountReceivedMinor: 0,
      amountRefundedMinor: 0,
      captureBefore: null,
      actionUrl: null,
      orderId,
      lastDecline: null,
    });
  });

  test('the same key makes the same intent', async () => {
    const call = { orderId: newId(), amount: total, paymentMethod: 'pm_card_visa', key: key() };
    const first = await payments().create(call);
    expect(await payments().create(call)).toEqual(first);
  });

  test('the same key for another amount is burnt: the step looks first, and goes on with a new one', async () => {
    const call = { orderId: newId(), amount: total, paymentMethod: 'pm_card_visa', key: key() };
    await payments().create(call);
    await expect(payments().create({ ...call, amount: money(4600, 'EUR') })).rejects.toMatchObject({
      type: 'ProviderReplayedFailure',
    });
  });

  test('a parameter that our API version has dropped is refused', async () => {
    const dropped = { amount: 4599, currency: 'eur', payment_method_types: ['card'] };
    const call = answered(createStripeClient(config()).paymentIntents.create(dropped));
    await expect(call).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { code: 'payment_method_types_no_longer_supported' },
    });
  });

  test('a payment method that does not exist is refused', async () => {
    await expect(created('pm_card_nobodyHasThis')).rejects.toMatchObject({
      type: 'PaymentDeclined',
      facts: { code: 'resource_missing' },
    });
  });

  test('an amount that is too small for a card is refused', async () => {
    const call = { orderId: newId(), amount: money(1, 'EUR'), paymentMethod: 'pm_card_visa', key: key() };
    await expect(payments().create(call)).rejects.toMatchObject({
      type: 'PaymentDeclined',
      facts: { code: 'amount_too_small' },
    });
  });

  test('a confirmed intent holds the amount and says until when', async () => {
    const intent = await authorized();
    expect(intent).toMatchObject({ status: 'requires_capture', amount: total, amountReceivedMinor: 0 });
    expect(intent.captureBefore?.getTime()).toBeGreaterThan(Date.now() + 24 * hourMs);
    expect(await payments().retrieve(intent.id)).toEqual(intent);
  });

  test('confirming again under the same key changes nothing', async () => {
    const call = { intentId: (await created()).id, key: key() };
    const first = await payments().confirm(call);
    expect(await payments().confirm(call)).toEqual(first);
  });

  test('confirming again under another key shows what the intent is by now', async () => {
    const { id } = await authorized();
    await expect(payments().confirm({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: {
        code: 'payment_intent_unexpected_state',
        status: 'requires_capture',
      },
    });
  });

  test.each([
    ['pm_card_chargeDeclined', { code: 'card_declined', declineCode: 'generic_decline' }],
    ['pm_card_chargeDeclinedInsufficientFunds', { code: 'card_declined', declineCode: 'insufficient_funds' }],
    ['pm_card_chargeDeclinedExpiredCard', { code: 'expired_card' }],
  ])('%s is declined with its codes, and so it stays', async (paymentMethod, facts) => {
    const { id } = await created(paymentMethod);
    const call = { intentId: id, key: key() };
    await expect(payments().confirm(call)).rejects.toMatchObject({ type: 'PaymentDeclined', facts: facts });
    expect(await payments().retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      lastDecline: facts,
    });
    await expect(payments().confirm(call)).rejects.toMatchObject({ type: 'PaymentDeclined', facts: facts });
  });

  test('a card that asks for 3-D Secure waits for the customer', async () => {
    const { id } = await created('pm_card_authenticationRequired');
    const intent = await payments().confirm({ intentId: id, key: key() });
    expect(intent).toMatchObject({ status: 'requires_action', captureBefore: null });
  });

  test('capturing takes the whole amount', async () => {
    const intent = await captured();
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount: total,
      amountReceivedMinor: total.amountMinor,
    });
  });

  test('capturing a part takes that part', async () => {
    const { id } = await authorized();
    const intent = await payments().capture({ intentId: id, key: key(), amount: money(1000, 'EUR') });
    expect(intent).toMatchObject({ status: 'succeeded', amount: total, amountReceivedMinor: 1000 });
  });

  test('capturing again under the same key takes nothing more', async () => {
    const call = { intentId: (await authorized()).id, key: key() };
    const first = await payments().capture(call);
    expect(await payments().capture(call)).toEqual(first);
  });

  test('capturing again under another key is a conflict that tells the status', async () => {
    const { id } = await captured();
    await expect(payments().capture({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: {
        status: 'succeeded',
      },
    });
  });

  test('capturing what was never confirmed is a conflict', async () => {
    const { id } = await created();
    await expect(payments().capture({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: {
        status: 'requires_confirmation',
      },
    });
  });

  test('an intent is cancelled before and after it was confirmed', async () => {
    expect(await cancelled()).toMatchObject({ status: 'canceled', amountReceivedMinor: 0 });
    const { id } = await authorized();
    expect(await payments().cancel({ intentId: id, key: key() })).toMatchObject({ status: 'canceled' });
  });

  test('cancelling again is success, whatever the key', async () => {
    const { id, orderId } = await cancelled();
    const again = { intentId: id, key: key() };
    expect(await payments().cancel(again)).toMatchObject({ id, orderId, status: 'canceled' });
    expect(await payments().cancel(again)).toMatchObject({ id, orderId, status: 'canceled' });
  });

  test('a cancelled intent takes no confirmation and no capture', async () => {
    const { id } = await cancelled();
    const conflict = { status: 'canceled' };
    await expect(payments().confirm({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: conflict,
    });
    await expect(payments().capture({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: conflict,
    });
  });

  test('what was captured is not cancelled any more', async () => {
    const { id } = await captured();
    await expect(payments().cancel({ intentId: id, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: {
        status: 'succeeded',
      },
    });
  });

  test('an intent that does not exist is a mistake of ours', async () => {
    await expect(payments().retrieve('pi_3NobodyHasThisOne00000000')).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: {
        code: 'resource_missing',
      },
    });
  });

  test("the order's intent is found by the time it was made", async () => {
    const orderId = newId();
    const createdAfter = new Date(Date.now() - hourMs);
    const span = { orderId, createdAfter, createdBefore: new Date(Date.now() + hourMs) };
    expect(await payments().findByOrder(span)).toBeNull();
    const { id } = await authorized(orderId);
    const found = await payments().findByOrder(span);
    expect(found).toMatchObject({ id, orderId, status: 'requires_capture' });
    expect(found?.captureBefore).toBeInstanceOf(Date);
    expect(await payments().findByOrder({ orderId, createdAfter })).toEqual(found);
  });

  test('an intent made outside the time span is not found', async () => {
    const orderId = newId();
    await created('pm_card_visa', orderId);
    const [hourAgo, inAnHour] = [new Date(Date.now() - hourMs), new Date(Date.now() + hourMs)];
    expect(await payments().findByOrder({ orderId, createdAfter: inAnHour })).toBeNull();
    const before = { createdAfter: new Date(hourAgo.getTime() - hourMs), createdBefore: hourAgo };
    expect(await payments().findByOrder({ orderId, ...before })).toBeNull();
  });

  test('what was made in a time span is listed, with what has been given back', async () => {
    const orderId = newId();
    const from = new Date(Date.now() - 1_000);
    const { id } = await captured(orderId);
    await payments().refund({ intentId: id, amount: money(1000, 'EUR'), orderId, key: key() });
    const held = await authorized();
    const released = await cancelled();
    const listed = await payments().listMade({ from, to: new Date(Date.now() + hourMs) });
    const ours = new Map(listed.map((intent) => [intent.id, intent]));
    expect(ours.get(id)).toMatchObject({
      orderId,
      amountReceivedMinor: total.amountMinor,
      amountRefundedMinor: 1000,
    });
    expect(ours.get(held.id)).toMatchObject({ status: 'requires_capture', amountRefundedMinor: 0 });
    expect(ours.get(released.id)).toMatchObject({ status: 'canceled', amountRefundedMinor: 0 });
    expect(await payments().listMade({ from: new Date(0), to: new Date(hourMs) })).toEqual([]);
  });

  test('of several intents the one that is not cancelled is found', async () => {
    const orderId = newId();
    const live = await created('pm_card_visa', orderId);
    const dead = await cancelled(orderId);
    const createdAfter = new Date(Date.now() - hourMs);
    expect(await payments().findByOrder({ orderId, createdAfter })).toMatchObject({ id: live.id });
    await payments().cancel({ intentId: live.id, key: key() });
    expect(await payments().findByOrder({ orderId, createdAfter })).toMatchObject({ id: dead.id });
  });

  test('a refund gives back what was captured, and is listed with its key', async () => {
    const orderId = newId();
    const { id } = await captured(orderId);
    const call = { intentId: id, amount: total, orderId, key: key() };
    expect(await payments().listRefunds(id)).toEqual([]);
    const refund = await payments().refund({ ...call, reason: 'requested_by_customer' });
    expect(refund).toEqual({
      id: expect.stringMatching(/^(re|pyr)_/),
      status: expect.stringMatching(/^(succeeded|pending)$/),
      amount: total,
      key: call.key,
      orderId,
      intentId: id,
    });
    expect(await payments().listRefunds(id)).toMatchObject([{ id: refund.id, key: call.key, amount: total }]);
    expect(await payments().retrieveRefund(refund.id)).toMatchObject({ id: refund.id, key: call.key });
    expect(await payments().retrieve(id)).toMatchObject({ status: 'succeeded' });
  });

  test('refunding again under the same key gives back nothing more', async () => {
    const orderId = newId();
    const { id } = await captured(orderId);
    const call = { intentId: id, amount: money(1000, 'EUR'), orderId, key: key() };
    const first = await payments().refund(call);
    expect(await payments().refund(call)).toMatchObject({ id: first.id });
    const rest = await payments().refund({ ...call, amount: money(3599, 'EUR'), key: key() });
    expect(rest.id).not.toBe(first.id);
    expect((await payments().listRefunds(id)).map((refund) => refund.id)).toEqual([rest.id, first.id]);
  });

  test('what has been given back in full is not given back again', async () => {
    const orderId = newId();
    const { id } = await captured(orderId);
    const call = { intentId: id, amount: total, orderId };
    await payments().refund({ ...call, key: key() });
    await expect(payments().refund({ ...call, key: key() })).rejects.toMatchObject({
      type: 'ProviderStateConflict',
      facts: {
        code: 'charge_already_refunded',
      },
    });
  });

  test('more than was captured is not given back', async () => {
    const orderId = newId();
    const { id } = await captured(orderId);
    const call = { intentId: id, amount: money(4600, 'EUR'), orderId, key: key() };
    await expect(payments().refund(call)).rejects.toMatchObject({ type: 'Misconfigured' });
  });

  test('a wrong API key is a mistake of ours, and ping shows it', async () => {
    await expect(payments().ping()).resolves.toBeUndefined();
    const stranger = createPayments({ ...config(), apiKey: 'nobody' });
    await expect(stranger.ping()).rejects.toMatchObject({
      type: 'Misconfigured',
      facts: { httpStatus: 401 },
    });
  });
}
