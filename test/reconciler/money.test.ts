import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { money } from '../../src/domain/money.ts';
import { newId } from '../../src/domain/new-id.ts';
import { createStripeClient } from '../../src/providers/stripe-client.ts';
import { totalMinor } from '../support/shop.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const total = money(totalMinor, 'USD');

let rig: ReconcilerRig;

beforeAll(async () => {
  rig = await startReconcilerRig();
});

afterAll(() => rig.close());

/** Somebody made an intent with this order's id in its metadata, and the bank holds the money. */
async function authorized(orderId: string): Promise<string> {
  const { payments } = rig.context;
  const { id } = await payments.create({
    orderId,
    amount: total,
    paymentMethod: 'pm_card_visa',
    key: newId(),
  });
  await payments.confirm({ intentId: id, key: newId() });
  return id;
}

async function captured(orderId: string): Promise<string> {
  const intentId = await authorized(orderId);
  await rig.context.payments.capture({ intentId, key: newId() });
  return intentId;
}

describe('the reconciler, about money,', () => {
  it('asks a person about a payment of an order that is unknown, until it is settled', async () => {
    const intentId = await captured(newId());
    await rig.pass();
    await rig.pass();
    expect(await rig.findings(intentId)).toMatchObject([{ kind: 'payment_of_unknown_order', open: true }]);
    const alerts = await rig.pool.query(
      `select type, facts->>'amountMinor' as amount from operator_alerts where facts->>'subject' = $1`,
      [intentId],
    );
    expect(alerts.rows).toEqual([{ type: 'reconciler.finding', amount: String(totalMinor) }]);

    await rig.context.payments.refund({ intentId, amount: total, key: newId(), orderId: newId() });
    await rig.pass();
    expect(await rig.findings(intentId)).toMatchObject([{ open: false }]);
  });

  it('keeps asking when the payment is older than the look reaches back', async () => {
    const intentId = await authorized(newId());
    await rig.pass();
    await rig.pool.query(
      `update reconciler_cursors set at = now() + interval '1 hour' where name = 'payments'`,
    );
    await rig.pass();
    expect(await rig.findings(intentId)).toMatchObject([{ open: true }]);
    await rig.pool.query(`update reconciler_cursors set at = now() where name = 'payments'`);
    await rig.context.payments.cancel({ intentId, key: newId() });
  });

  it('touches no payment without our metadata', async () => {
    const client = createStripeClient({ apiKey: 'sk_test_rig', ...rig.config.stripe });
    const { id } = await client.paymentIntents.create({
      amount: 1_000,
      currency: 'usd',
      confirm: true,
      capture_method: 'manual',
      allowed_payment_method_types: ['card'],
      payment_method: 'pm_card_visa',
    });
    await rig.pass();
    expect((await rig.context.payments.retrieve(id)).status).toBe('requires_capture');
    expect(await rig.findings(id)).toEqual([]);
  });

  it('gives back a second payment, and leaves the one that counts', async () => {
    const orderId = await rig.capturedOrder();
    const [held, taken] = [await authorized(orderId), await captured(orderId)];
    await rig.pass();
    await rig.pass();
    expect((await rig.context.payments.retrieve(held)).status).toBe('canceled');
    expect(await rig.context.payments.retrieve(taken)).toMatchObject({ amountRefundedMinor: totalMinor });
    expect(await rig.findings(orderId)).toMatchObject([
      { kind: 'second_payment', action: 'refunded', subject: taken },
      { kind: 'second_payment', action: 'cancelled', subject: held },
    ]);
    await rig.deliver(orderId);
    await rig.watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    expect(await rig.imbalances()).toEqual([]);
  });

  it('lets go of what the bank still holds for an order that has ended', async () => {
    const orderId = await rig.cancelledOrder();
    const intentId = await authorized(orderId);
    await rig.pool.query('delete from postings where order_id = $1', [orderId]);
    await rig.pool.query(
      `update payments set intent_id = $2, captured_minor = 0, refunded_minor = 0, refund_id = null where order_id = $1`,
      [orderId, intentId],
    );
    expect(await rig.imbalances()).toHaveLength(1);
    await rig.pass();
    expect((await rig.context.payments.retrieve(intentId)).status).toBe('canceled');
    expect(await rig.findings(orderId)).toMatchObject([
      { kind: 'payment_of_ended_order', action: 'cancelled' },
    ]);
    expect(await rig.imbalances()).toEqual([]);
  });

  it('refunds what was charged for an order that has ended, and books it', async () => {
    const orderId = await rig.cancelledOrder();
    const intentId = await captured(orderId);
    await rig.pool.query(`delete from postings where order_id = $1 and entry = 'refund'`, [orderId]);
    await rig.pool.query(
      `update payments set intent_id = $2, refunded_minor = 0, refund_id = null where order_id = $1`,
      [orderId, intentId],
    );
    expect(await rig.imbalances()).toHaveLength(1);
    await Promise.all([rig.pass(), rig.pass()]);
    expect(await rig.context.payments.retrieve(intentId)).toMatchObject({
      amountRefundedMinor: totalMinor,
    });
    expect(await rig.imbalances()).toEqual([]);
  });

  it('asks a person about a payment that the provider does not take back, and goes on trying', async () => {
    const { faults } = rig.sandboxes.stripe;
    const orderId = await rig.capturedOrder();
    const intentId = await authorized(orderId);
    const error = {
      status: 400,
      type: 'invalid_request_error',
      code: 'parameter_invalid_empty',
      message: 'no',
    };
    faults.add({
      operation: 'payment_intent.cancel',
      mode: 'refuse',
      times: 'always',
      match: { orderId },
      error,
    });
    await rig.pass();
    expect(await rig.findings(intentId)).toMatchObject([{ kind: 'payment_not_given_back', open: true }]);
    faults.clear();
    await rig.pool.query(
      `update reconciler_cursors set at = now() + interval '1 hour' where name = 'payments'`,
    );
    await rig.pass();
    await rig.pool.query(`update reconciler_cursors set at = now() where name = 'payments'`);
    expect((await rig.context.payments.retrieve(intentId)).status).toBe('canceled');
    expect(await rig.findings(intentId)).toMatchObject([
      { kind: 'payment_not_given_back', open: false },
      { kind: 'second_payment', action: 'cancelled' },
    ]);
  });

  it('ends the payment by the undo of the saga when an order was ended behind its back', async () => {
    const orderId = await rig.capturedOrder();
    await rig.terminate(orderId);
    await rig.pool.query(
      `update orders set status = 'failed', failure_type = 'OutOfStock', failure_detail = 'by hand' where id = $1`,
      [orderId],
    );
    await rig.pass();
    const balance = rig.sandboxes.stripe.balances().find((one) => one.orderId === orderId);
    expect(balance).toMatchObject({ capturedMinor: totalMinor, refundedMinor: totalMinor, charges: 1 });
    const label = rig.sandboxes.easypost.labels().find((one) => one.orderId === orderId);
    expect(label).toMatchObject({ labelsBought: 1, labelsRefunded: 1 });
    expect((await rig.findings(orderId)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['payment_of_ended_order', 'hold_of_ended_order']),
    );
    expect(await rig.imbalances()).toEqual([]);
  });
});
