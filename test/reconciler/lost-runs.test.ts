import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stockProduct, totalMinor } from '../support/shop.ts';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

let rig: ReconcilerRig;

beforeAll(async () => {
  rig = await startReconcilerRig();
});

afterAll(() => rig.close());

describe('the reconciler', () => {
  it('ends an order well whose run was terminated after the charge, within one pass', async () => {
    const orderId = await rig.capturedOrder();
    await rig.terminate(orderId);
    expect(await rig.pass()).toBe(1);
    await rig.deliver(orderId);
    await rig.watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    expect(await rig.findings(orderId)).toMatchObject([
      { kind: 'run_lost', action: 'started again', facts: { why: 'terminated' }, open: false },
    ]);
    const { stripe } = rig.sandboxes;
    const balance = stripe.balances().find((one) => one.orderId === orderId);
    expect(balance).toMatchObject({ capturedMinor: totalMinor, refundedMinor: 0, charges: 1 });
    expect(await rig.imbalances()).toEqual([]);
  });

  it('starts an order whose start was lost', async () => {
    const sku = await stockProduct(rig.pool);
    // Out of the relay's sight from the moment on at which it is written.
    await rig.pool.query(
      `create function lose_start() returns trigger language plpgsql as $$ begin
         if new.kind = 'start_order' and new.payload->>'resume' is null then return null; end if; return new; end $$`,
    );
    await rig.pool.query(
      `create trigger lose_start before insert on outbox for each row execute function lose_start()`,
    );
    const placed = rig.shop.place(sku).catch(() => undefined);
    await placed;
    await rig.pool.query('drop trigger lose_start on outbox');
    const { rows } = await rig.pool.query<{ id: string }>(
      `select o.id from orders o join order_lines l on l.order_id = o.id where l.sku = $1`,
      [sku],
    );
    const orderId = rows[0]?.id ?? '';
    await rig.pass();
    await rig.watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    expect(await rig.findings(orderId)).toMatchObject([
      { kind: 'order_without_run', action: 'started again', facts: { why: 'never started' } },
    ]);
  });

  it('starts a lost run once although two passes see it', async () => {
    const orderId = await rig.capturedOrder();
    await rig.terminate(orderId);
    await Promise.all([rig.pass(), rig.pass()]);
    await rig.deliver(orderId);
    await rig.watch.until(orderId, 'its end', ({ status }) => status === 'completed');
    const { rows } = await rig.pool.query(
      `select 1 from order_events where order_id = $1 and type = 'order.resumed'`,
      [orderId],
    );
    expect(rows).toHaveLength((await rig.findings(orderId)).length);
    expect(await rig.imbalances()).toEqual([]);
  });

  it('leaves to a person what is lost again and again', async () => {
    const orderId = await rig.capturedOrder();
    for (let lost = 0; lost < 6; lost += 1) {
      await rig.terminate(orderId);
      await rig.pass();
      await rig.watch.until(orderId, 'nothing owed', ({ owed }) => owed === 0);
    }
    expect((await rig.findings(orderId)).filter(({ open }) => open)).toMatchObject([
      { kind: 'run_lost_again', action: 'waits for a person' },
    ]);
    const { rows } = await rig.pool.query(
      `select type from operator_alerts where order_id = $1 and facts->>'kind' = 'run_lost_again'`,
      [orderId],
    );
    expect(rows).toEqual([{ type: 'reconciler.finding' }]);
  });

  it('finds nothing where all is well', async () => {
    const orderId = await rig.failedOrder();
    await rig.pass();
    expect(await rig.findings(orderId)).toEqual([]);
  });
});
