import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startReconcilerRig, type ReconcilerRig } from './rig.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What a pass over a shop where all is well asks, with every look due and every open order looked at. */
const most = { database: 34, providers: 1 };

let rig: ReconcilerRig;

beforeAll(async () => {
  const halfADayMs = 12 * 60 * 60 * 1_000;
  rig = await startReconcilerRig({ variables: { RECONCILE_SILENCE_MS: String(halfADayMs) } });
});

afterAll(() => rig.close());

it('finds nothing and asks little where all is well', async () => {
  const delivered = await rig.capturedOrder();
  await rig.deliver(delivered);
  await rig.watch.until(delivered, 'its end', ({ status }) => status === 'completed');
  await rig.failedOrder();
  await rig.cancelledOrder();
  await rig.capturedOrder();
  await rig.pass();

  const before = await rig.asked();
  const began = performance.now();
  expect(await rig.pass()).toBe(0);
  const tookMs = Math.round(performance.now() - began);
  const after = await rig.asked();
  const asked = {
    database: after.database - before.database,
    providers: after.providers - before.providers,
  };
  console.log(
    `a pass: ${asked.database} questions to the database, ${asked.providers} to providers, ${tookMs} ms`,
  );
  expect(asked.database).toBeLessThanOrEqual(most.database);
  expect(asked.providers).toBe(most.providers);
  expect(await rig.findings()).toEqual([]);
  expect(await rig.imbalances()).toEqual([]);
});
