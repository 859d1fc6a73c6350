import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';
import { stuckUndo } from './stuck-undo.ts';
import { stockProduct } from '../support/shop.ts';

vi.setConfig({ testTimeout: 60_000 });

let rig: ReconcilerRig;
const stuck = stuckUndo();

beforeAll(async () => {
  rig = await startReconcilerRig({ intercept: stuck.intercept });
});

afterAll(() => rig.close());

async function alertsAbout(subject: string): Promise<unknown[]> {
  const { rows } = await rig.pool.query(
    `select type from operator_alerts where facts->>'subject' = $1 or order_id::text = $1 order by raised_at`,
    [subject],
  );
  return rows;
}

async function mailsTo(orderId: string): Promise<string[]> {
  return rig.sandboxes.mail
    .messages({ orderId })
    .map(({ messageId }) => messageId.slice(1).split('.')[0] ?? '');
}

describe('the reconciler, about the books,', () => {
  it('gives back stock that an ended order still holds', async () => {
    const orderId = await rig.failedOrder();
    const held = `insert into reservations (order_id, sku, warehouse, quantity)
      select order_id, sku, 'main', quantity from order_lines where order_id = $1`;
    await rig.pool.query(held, [orderId]);
    await rig.pool.query(
      `update stock set reserved = reserved + 2 where sku in (select sku from order_lines where order_id = $1)`,
      [orderId],
    );
    await Promise.all([rig.pass(), rig.pass()]);
    const { rows } = await rig.pool.query('select 1 from reservations where order_id = $1', [orderId]);
    expect(rows).toEqual([]);
    expect(await rig.findings(orderId)).toMatchObject([{ kind: 'stock_of_ended_order', action: 'released' }]);
    expect(await rig.imbalances()).toEqual([]);
  });

  it('undoes a step that was left open behind an ended order', async () => {
    const orderId = await rig.failedOrder();
    await rig.pool.query(
      `update order_steps set state = 'undoing', undone_at = null where order_id = $1 and step = 'authorize_payment'`,
      [orderId],
    );
    await rig.pass();
    expect(await rig.findings(orderId)).toMatchObject([{ kind: 'hold_of_ended_order', action: 'undone' }]);
    expect(await rig.imbalances()).toEqual([]);
  });

  it('asks a person about an imbalance that it cannot mend, until it is gone', async () => {
    const sku = await stockProduct(rig.pool);
    await rig.pool.query('update stock set on_hand = on_hand + 5 where sku = $1', [sku]);
    await rig.pass();
    await rig.pass();
    const subject = `stock/${sku}/main`;
    expect(await rig.findings(subject)).toMatchObject([{ kind: 'imbalance', open: true }]);
    expect(await alertsAbout(subject)).toEqual([{ type: 'books.imbalance' }]);
    await rig.pool.query('update stock set on_hand = on_hand - 5 where sku = $1', [sku]);
    await rig.pass();
    expect(await rig.findings(subject)).toMatchObject([{ open: false }]);
  });

  it('tells of a flood in one alert', async () => {
    const skus = await Promise.all(Array.from({ length: 7 }, () => stockProduct(rig.pool)));
    await rig.pool.query('update stock set on_hand = on_hand + 5 where sku = any($1)', [skus]);
    await rig.pass();
    const { rows } = await rig.pool.query(
      `select facts->'count' as count from operator_alerts where facts ? 'count'`,
    );
    expect(rows).toEqual([{ count: 7 }]);
    await rig.pool.query('update stock set on_hand = on_hand - 5 where sku = any($1)', [skus]);
    await rig.pass();
  });

  it('asks a person about an entry of the outbox that keeps failing', async () => {
    const orderId = await rig.failedOrder();
    const { rows } = await rig.pool.query<{ id: string }>(
      `insert into outbox (lane, kind, order_id, payload, attempts, next_attempt_at, last_error)
       values ('sale:' || $1, 'sale', $1::uuid, '{}', 9, now() + interval '1 hour', 'RangeError: no') returning id`,
      [orderId],
    );
    await rig.pass();
    const entryId = String(rows[0]?.id);
    expect(await rig.findings(entryId)).toMatchObject([
      { kind: 'outbox_poisoned', open: true, facts: { attempts: 9, lastError: 'RangeError: no' } },
    ]);
    expect(await alertsAbout(entryId)).toEqual([{ type: 'outbox.poisoned' }]);
    await rig.pool.query('delete from outbox where id = $1', [entryId]);
    await rig.pass();
    expect(await rig.findings(entryId)).toMatchObject([{ open: false }]);
  });

  it('sends a mail that was never sent although its run has ended', async () => {
    const orderId = await rig.failedOrder();
    await expect.poll(() => mailsTo(orderId)).toEqual(['failed']);
    await rig.pool.query('delete from notices where order_id = $1', [orderId]);
    await rig.pass();
    await expect.poll(() => mailsTo(orderId)).toEqual(['failed', 'failed']);
    expect(await rig.findings(`${orderId}/failed`)).toMatchObject([
      { kind: 'notice_owed', action: 'sent again', facts: { notice: 'failed', run: 'completed' } },
    ]);
  });

  it('calls an operator before an authorization expires, once', async () => {
    const orderId = await expiringAuthorization();
    await rig.pass();
    const { needsAttention } = await rig.shop.read(orderId);
    expect(needsAttention).toMatchObject({ step: 'authorization', reason: expect.stringContaining('until') });
    expect(await alertsAbout(orderId)).toEqual([{ type: 'order.needs_attention' }]);

    expect(await rig.shop.retry(orderId)).toBe(202);
    await rig.pass();
    expect((await rig.shop.read(orderId)).needsAttention).toBeNull();
    expect(await rig.findings(orderId)).toMatchObject([{ kind: 'authorization_expires', open: true }]);

    stuck.sticks(null);
    await rig.watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    await rig.pass();
    expect(await rig.findings(orderId)).toMatchObject([{ open: false }]);
  });

  it('calls nobody any more once the charge has come in time', async () => {
    const orderId = await expiringAuthorization();
    await rig.pass();
    expect((await rig.shop.read(orderId)).needsAttention).toMatchObject({ step: 'authorization' });
    stuck.sticks(null);
    await rig.watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    const { needsAttention, waitingOn } = await rig.shop.read(orderId);
    expect([needsAttention, waitingOn]).toEqual([null, null]);
  });
});

const isHeld = ({ paymentStatus }: { paymentStatus: string }) => paymentStatus === 'authorized';

/** An order that cannot get on, and whose authorization ends within the hour. */
async function expiringAuthorization(): Promise<string> {
  stuck.sticks('buyLabel');
  const orderId = await rig.shop.place(await stockProduct(rig.pool));
  await rig.watch.until(orderId, 'the authorization', isHeld);
  await rig.pool.query(`update payments set capture_before = now() + interval '1 hour' where order_id = $1`, [
    orderId,
  ]);
  return orderId;
}
