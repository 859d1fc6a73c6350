import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/new-id.ts';
import { signalOrder } from '../../src/relay/deliver/signal-order.ts';
import { startOrder } from '../../src/relay/deliver/start-order.ts';
import { signalsOf } from './runs.ts';
import { commit, openShop, outbox, startMessage, type Shop, type TestRelay } from './shop.ts';

let shop: Shop;
let relay: TestRelay;

beforeAll(async () => {
  shop = await openShop();
  relay = shop.openRelay();
  await relay.startAndReach();
});

afterAll(() => shop.close());

async function runningOrder(): Promise<string> {
  const orderId = newId();
  await startOrder(shop.temporal, orderId, startMessage().payload);
  return orderId;
}

describe('a signal', () => {
  it('reaches the run by its name and with its arguments', async () => {
    const orderId = await runningOrder();
    const signal = (payload: Parameters<typeof signalOrder>[3]) =>
      commit(shop.pool, orderId, { kind: 'signal_order', payload });
    await signal({ signal: 'cancel' });
    await signal({ signal: 'resolve', step: 'buy_label', action: 'retry' });
    await signal({ signal: 'tracking', status: 'in_transit' });
    relay.wake();
    await expect
      .poll(() => signalsOf(shop.temporal, orderId))
      .toEqual([
        'cancel',
        'resolve {"step":"buy_label","action":"retry"}',
        'tracking {"status":"in_transit"}',
      ]);
  });

  it('is taken once, even when its reply was lost and it is delivered again', async () => {
    const orderId = await runningOrder();
    const payload = { signal: 'resolve', step: 'buy_label', action: 'skip' } as const;
    await signalOrder(shop.temporal, 4711, orderId, payload);
    await signalOrder(shop.temporal, 4711, orderId, payload);
    expect(await signalsOf(shop.temporal, orderId)).toHaveLength(1);
    await signalOrder(shop.temporal, 4712, orderId, payload);
    expect(await signalsOf(shop.temporal, orderId)).toHaveLength(2);
  });

  it('to a run that has ended counts as delivered', async () => {
    const orderId = await runningOrder();
    await shop.temporal.client.workflow.getHandle(orderWorkflowId(orderId)).terminate();
    await commit(shop.pool, orderId, { kind: 'signal_order', payload: { signal: 'cancel' } });
    relay.wake();
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    expect(relay.lines).toContainEqual(
      expect.objectContaining({ event: 'orderSignalled', orderId, signal: 'cancel', outcome: 'gone' }),
    );
  });
});

describe('a notice', () => {
  it('gets one activity of its own, ever', async () => {
    const orderId = newId();
    const owe = () => commit(shop.pool, orderId, { kind: 'notice', payload: { notice: 'confirmed' } });
    await owe();
    relay.wake();
    const handle = shop.temporal.client.activity.getHandle(`notice-${orderId}-confirmed`);
    await expect
      .poll(() => handle.describe().catch(() => null))
      .toMatchObject({ activityType: 'sendNotice', taskQueue: 'notices' });
    const { activityRunId } = await handle.describe();
    await handle.terminate('by the test');
    await owe();
    relay.wake();
    await expect.poll(() => outbox(shop.pool)).toEqual([]);
    expect(await handle.describe()).toMatchObject({ activityRunId, status: 'TERMINATED' });
  });
});
