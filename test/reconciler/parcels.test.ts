import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shipmentReference } from '../../src/domain/ids.ts';
import { cheapestRate } from '../../src/providers/easypost.ts';
import { address } from '../support/shop.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

let rig: ReconcilerRig;

beforeAll(async () => {
  rig = await startReconcilerRig();
});

afterAll(() => rig.close());

async function labelRefund(orderId: string): Promise<string | null> {
  const { rows } = await rig.pool.query<{ refund: string | null }>(
    'select label_refund as refund from shipments where order_id = $1',
    [orderId],
  );
  return rows[0]?.refund ?? null;
}

async function carrierShipment(orderId: string) {
  const { rows } = await rig.pool.query<{ id: string }>(
    'select carrier_shipment_id as id from shipments where order_id = $1',
    [orderId],
  );
  return rig.context.carriers.retrieveShipment(rows[0]?.id ?? '');
}

describe('the reconciler, about parcels,', () => {
  it("follows a label's refund until the carrier has decided", async () => {
    const orderId = await rig.cancelledOrder();
    await rig.pass();
    expect([await labelRefund(orderId), await rig.findings(orderId)]).toEqual(['submitted', []]);
    const { carrier } = rig.sandboxes.easypost;
    carrier.setStepMs(1);
    await expect.poll(async () => (await carrierShipment(orderId)).refundStatus).toBe('refunded');
    carrier.setStepMs(0);
    await rig.pass();
    expect(await labelRefund(orderId)).toBe('refunded');
    expect(await rig.findings(orderId)).toMatchObject([{ kind: 'label_refund', action: 'refunded' }]);
    expect(await rig.imbalances()).toEqual([]);
  });

  it("asks for a label's money back where nobody has", async () => {
    const orderId = await rig.cancelledOrder();
    await rig.pool.query('update shipments set label_refund = null where order_id = $1', [orderId]);
    expect(await rig.imbalances()).toHaveLength(1);
    await rig.pass();
    expect(await labelRefund(orderId)).toBe('submitted');
    expect(await rig.findings(orderId)).toMatchObject([{ kind: 'hold_of_ended_order' }]);
    expect(await rig.imbalances()).toEqual([]);
  });

  it('finds a label that was bought after its undo, and asks for its money back', async () => {
    const orderId = await rig.cancelledOrder();
    const { carriers } = rig.context;
    const late = await carriers.createShipment({
      reference: shipmentReference(orderId, 'main'),
      to: address,
      from: rig.config.shipFrom,
      weightGrams: 600,
    });
    await carriers.buy({ shipmentId: late.id, rateId: cheapestRate(late.rates).id });
    await rig.pool.query(
      `update shipments set label_refund = null, status = null, tracking_code = null, carrier = null
       where order_id = $1`,
      [orderId],
    );
    await rig.pass();
    expect(await rig.findings(orderId)).toEqual([]);
    await rig.pool.query(
      `update order_steps set undone_at = undone_at - interval '1 hour' where order_id = $1 and step = 'buy_label'`,
      [orderId],
    );
    await rig.pool.query('update shipments set carrier_checked_at = null where order_id = $1', [orderId]);
    await rig.pass();
    await rig.pass();
    expect((await carriers.retrieveShipment(late.id)).refundStatus).toBe('submitted');
    expect(await rig.findings(orderId)).toMatchObject([
      { kind: 'late_label', facts: { refund: 'submitted' } },
    ]);
  });

  it('asks the carrier about a parcel whose webhooks never came', async () => {
    const { faults } = rig.sandboxes.easypost;
    const orderId = await rig.capturedOrder();
    faults.add({ operation: 'webhook.tracker.updated', mode: 'drop', times: 'always' });
    await rig.deliver(orderId);
    faults.clear();
    await rig.pass();
    await rig.watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    expect(await rig.findings(orderId)).toMatchObject([
      { kind: 'parcel_news', action: 'taken over', facts: { status: 'delivered' } },
    ]);
    expect(await rig.imbalances()).toEqual([]);
  });
});
