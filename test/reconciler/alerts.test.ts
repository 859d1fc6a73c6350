import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { subject } from '../../src/db/orders/notices.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../providers/webhook-receiver.ts';
import { stockProduct, totalMinor } from '../support/shop.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';
import { stuckUndo } from './stuck-undo.ts';

vi.setConfig({ testTimeout: 60_000 });

const operator = 'oncall@shop.example';

let receiver: WebhookReceiver;
let rig: ReconcilerRig;
const stuck = stuckUndo();

beforeAll(async () => {
  receiver = await startWebhookReceiver('/alerts');
  rig = await startReconcilerRig({
    intercept: stuck.intercept,
    variables: {
      ORDER_ATTEMPTS_BEFORE_ATTENTION: '1',
      OPERATOR_EMAIL: operator,
      OPERATOR_WEBHOOK_URL: receiver.url,
      OPERATOR_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    },
  });
});

afterAll(async () => {
  await rig.close();
  await receiver.close();
});

function posts(orderId: string): { type: string; data: Record<string, unknown> }[] {
  return receiver.deliveries
    .map(({ body }) => JSON.parse(body.toString()))
    .filter((post: { data: { orderId: string } }) => post.data.orderId === orderId);
}

function mails(orderId: string) {
  return rig.sandboxes.mail.messages({ to: operator }).filter((mail) => mail.subject.includes(orderId));
}

/** An order that was cancelled after its charge, whose refund does not succeed. */
async function stuckRefund(): Promise<string> {
  stuck.sticks('refundPayment');
  const orderId = await rig.capturedOrder();
  await rig.shop.cancel(orderId);
  await rig.watch.until(orderId, 'the operator', ({ attentionStep }) => attentionStep !== null);
  return orderId;
}

describe('operators', () => {
  it('are told by mail and by webhook, once, of an order that needs them', async () => {
    const orderId = await stuckRefund();
    await expect.poll(() => [mails(orderId).length, posts(orderId).length]).toEqual([1, 1]);
    expect(posts(orderId)).toMatchObject([
      {
        type: 'order.needs_attention',
        data: { orderId, step: 'undo capture_payment', reason: 'ProviderUnavailable' },
      },
    ]);
    await rig.pass();
    await expect.poll(async () => (await rig.pool.query('select 1 from outbox')).rows).toEqual([]);
    expect([mails(orderId).length, posts(orderId).length]).toEqual([1, 1]);
    stuck.sticks(null);
    await rig.shop.retry(orderId);
    await rig.watch.until(orderId, 'its end', ({ status }) => status === 'cancelled');
  });

  it('may settle an undo by hand: the saga goes on, the books are at peace, and the audit shows it', async () => {
    const orderId = await stuckRefund();
    const response = await fetch(`${rig.url}/orders/${orderId}/resolve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'skip', note: 'refunded by bank transfer' }),
    });
    expect(response.status).toBe(202);
    await rig.watch.until(orderId, 'its end', ({ status, owed }) => status === 'cancelled' && owed === 0);
    stuck.sticks(null);
    expect(await rig.imbalances()).toEqual([]);

    // The operator's word stands: no later pass refunds a second time what was given back by hand.
    expect(await rig.pass()).toBe(0);
    const balance = rig.sandboxes.stripe.balances().find((one) => one.orderId === orderId);
    expect(balance).toMatchObject({ capturedMinor: totalMinor, refundedMinor: 0 });
    const { rows } = await rig.pool.query(
      `select c.kind, c.reason, s.settled_at is not null as settled from order_commands c
       join order_steps s on s.order_id = c.order_id and s.step = 'capture_payment'
       where c.order_id = $1 and c.kind = 'skip'`,
      [orderId],
    );
    expect(rows).toEqual([{ kind: 'skip', reason: 'refunded by bank transfer', settled: true }]);
    // The customer's mail says that the money is on its way back.
    expect(await subject(rig.pool, orderId)).toMatchObject({ refunded: true });
  });

  it('may skip the wait for a parcel in trouble: the order completes', async () => {
    const orderId = await rig.capturedOrder();
    const { rows } = await rig.pool.query<{ code: string }>(
      'select tracking_code as code from shipments where order_id = $1',
      [orderId],
    );
    rig.sandboxes.easypost.carrier.advance(rows[0]?.code ?? '', 'failure');
    await rig.watch.until(orderId, 'the operator', ({ attentionStep }) => attentionStep === 'delivery');
    await fetch(`${rig.url}/orders/${orderId}/resolve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'skip', note: 'the customer has it' }),
    });
    await rig.watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    expect(await rig.imbalances()).toEqual([]);
  });

  it('hear nothing of an order that goes well', async () => {
    const orderId = await rig.shop.place(await stockProduct(rig.pool), 'pm_card_chargeDeclined');
    await rig.watch.until(orderId, 'its end', ({ status, owed }) => status === 'failed' && owed === 0);
    expect([mails(orderId), posts(orderId)]).toEqual([[], []]);
  });
});
