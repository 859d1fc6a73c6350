import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startAgain } from '../../src/db/orders/start-again.ts';
import { transaction } from '../../src/db/pool.ts';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { watchOrders, type OrderWatch } from '../support/order-watch.ts';
import { startSagaRig, type SagaRig } from '../support/saga-rig.ts';
import { createShop, stockProduct, totalMinor, type Shop } from '../support/shop.ts';
import { stuckUndo } from './stuck-undo.ts';

vi.setConfig({ testTimeout: 60_000 });

let rig: SagaRig;
let shop: Shop;
let watch: OrderWatch;
const stuck = stuckUndo();

beforeAll(async () => {
  rig = await startSagaRig({
    variables: { ORDER_ATTEMPTS_BEFORE_ATTENTION: '1' },
    intercept: stuck.intercept,
  });
  shop = createShop(rig.url);
  watch = watchOrders(rig.pool);
});

afterAll(async () => {
  watch.stop();
  await rig.close();
});

async function terminate(orderId: string): Promise<void> {
  await rig.temporal.client.workflow.getHandle(orderWorkflowId(orderId)).terminate('by hand');
}

async function resume(orderId: string): Promise<boolean> {
  return transaction(rig.pool, (tx) => startAgain(tx, orderId, 'terminated', rig.config.policy));
}

async function imbalances(): Promise<unknown[]> {
  return (await rig.pool.query('select * from imbalances')).rows;
}

function moneyOf(orderId: string) {
  const { capturedMinor, refundedMinor, heldMinor, charges } =
    rig.sandboxes.stripe.balances().find((one) => one.orderId === orderId) ?? {};
  return { capturedMinor, refundedMinor, heldMinor, charges };
}

async function deliver(orderId: string): Promise<void> {
  const code = await rig.pool.query<{ code: string }>(
    'select tracking_code as code from shipments where order_id = $1',
    [orderId],
  );
  rig.sandboxes.easypost.carrier.advance(code.rows[0]?.code ?? '', 'delivered');
}

describe('a run that is started again', () => {
  it('goes on after the charge, and charges nothing twice', async () => {
    const orderId = await shop.place(await stockProduct(rig.pool));
    await watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    await terminate(orderId);
    expect(await resume(orderId)).toBe(true);
    await deliver(orderId);
    await watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    expect(moneyOf(orderId)).toEqual({
      capturedMinor: totalMinor,
      refundedMinor: 0,
      heldMinor: 0,
      charges: 1,
    });
    expect(await imbalances()).toEqual([]);
  });

  it('sees a parcel that arrived while no run listened', async () => {
    const orderId = await shop.place(await stockProduct(rig.pool));
    await watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    await terminate(orderId);
    await deliver(orderId);
    await expect.poll(async () => (await shop.read(orderId)).fulfillmentStatus).toBe('delivered');
    expect(await resume(orderId)).toBe(true);
    await watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    expect(await imbalances()).toEqual([]);
  });

  it('unwinds what a cancelled order holds, whichever run took it', async () => {
    const orderId = await shop.place(await stockProduct(rig.pool));
    await watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    await terminate(orderId);
    expect(await shop.cancel(orderId)).toBe(202);
    await resume(orderId);
    await watch.until(orderId, 'its end', ({ status }) => status === 'cancelled');
    expect(moneyOf(orderId)).toMatchObject({ capturedMinor: totalMinor, refundedMinor: totalMinor });
    expect(await imbalances()).toEqual([]);
  });

  it('goes on unwinding for the same reason when the lost run had begun to', async () => {
    stuck.sticks('releaseStock');
    const orderId = await shop.place(await stockProduct(rig.pool), 'pm_card_chargeDeclined');
    await watch.until(orderId, 'a stuck undo', ({ attentionStep }) => attentionStep === 'undo reserve_stock');
    await terminate(orderId);
    stuck.sticks(null);
    await resume(orderId);
    await watch.until(orderId, 'its end', ({ status }) => status === 'failed');
    const { failure, needsAttention } = await shop.read(orderId);
    expect(failure?.type).toBe('PaymentDeclined');
    expect(needsAttention).toBeNull();
    expect(await imbalances()).toEqual([]);
  });

  it('does nothing when the order has ended', async () => {
    const orderId = await shop.place(await stockProduct(rig.pool), 'pm_card_chargeDeclined');
    await watch.until(orderId, 'its end', ({ status }) => status === 'failed');
    expect(await resume(orderId)).toBe(false);
  });
});
