import type { HistoryAndWorkflowId } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { noticeActivityId, orderWorkflowId } from '../../src/domain/ids.ts';
import { ensureReconcileSchedule } from '../../src/temporal/reconcile-schedule.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { pauseSchedule } from '../../src/temporal/pause-schedule.ts';
import { bundleWorkflows } from '../../src/worker/bundle-workflows.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { reconcileScheduleId } from '../../src/workflows/reconcile/messages.ts';
import { fetchHistory, toJson } from '../support/histories.ts';
import { stockProduct } from '../support/shop.ts';
import { historiesOf, historyProblems } from './harness/histories.ts';
import { startStage, type Stage } from './harness/stage.ts';
import { cancelledWhenPaid, completes } from './harness/stories.ts';
import { failsThenWorks, refuses } from './harness/twists.ts';

vi.setConfig({ testTimeout: 60_000 });

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const first = { PAYLOAD_ENCRYPTION_KEYS: `k1:${key(1)}`, PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k1' };
const rotated = {
  PAYLOAD_ENCRYPTION_KEYS: `k1:${key(1)},k2:${key(2)}`,
  PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k2',
};
const strange = { PAYLOAD_ENCRYPTION_KEYS: `k9:${key(9)}`, PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k9' };
const none = { PAYLOAD_ENCRYPTION_KEYS: '', PAYLOAD_ENCRYPTION_ACTIVE_KEY: '' };

const encrypted = await startStage({ variables: first });
const plain = await startStage();
afterAll(() => Promise.all([encrypted.close(), plain.close()]));

/** A process of the service on the same database and namespace, with other keys. */
function processWith(stage: Stage, keys: Readonly<Record<string, string>>) {
  return createContext(loadConfig({ ...stage.rig.variables, ...keys }), 'worker');
}

/** Runs a worker with these keys until `meanwhile` is over. */
async function workWith(
  stage: Stage,
  keys: Readonly<Record<string, string>>,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const context = processWith(stage, keys);
  const connection = await connectWorker(context.config.temporal);
  const settings = workerSettings(context, connection);
  const workers = await createQueueWorkers(['orders', 'notices'], workerParts(context), [], settings);
  const runs = workers.map((worker) => worker.run());
  await meanwhile().finally(async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
    await connection.close();
    await context.close();
  });
}

/** What does not replay with these keys, in words. */
async function replayWith(
  keys: Readonly<Record<string, string>>,
  histories: readonly HistoryAndWorkflowId[],
): Promise<string[]> {
  const context = processWith(encrypted, keys);
  const { dataConverter } = context;
  const workflowBundle = await bundleWorkflows(dataConverter.failureConverterPath);
  const problems: string[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, histories))
    if (error) problems.push(error.message);
  await context.close();
  return problems;
}

/** What the API makes of all payloads of the histories for the Web UI, as text. */
async function shownByCodec(stage: Stage, histories: readonly HistoryAndWorkflowId[]): Promise<string> {
  const payloads = histories.flatMap((history) => search(JSON.parse(toJson(history))).payloads);
  const response = await fetch(`${stage.rig.url}/codec/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payloads: payloads.map(({ asStored }) => asStored) }),
  });
  const body: { payloads: { data: string }[] } = JSON.parse(await response.text());
  return body.payloads.map(({ data }) => Buffer.from(data, 'base64').toString()).join('\n');
}

/** What Temporal has to read itself; everything else of ours in a history is a payload of ours. */
const openFields = new Set(['searchAttributes', 'header']);

interface Found {
  /** Every payload as it stands in Temporal: its metadata and its data, as text. */
  readonly payloads: {
    readonly metadata: Record<string, string>;
    readonly data: string;
    readonly asStored: object;
  }[];
  /** What failures say. */
  readonly messages: string[];
}

function search(value: unknown, found: Found = { payloads: [], messages: [] }): Found {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, inner] of Object.entries(value)) {
    if (openFields.has(name)) continue;
    if (name === 'metadata' && 'data' in value)
      found.payloads.push({ metadata: textsIn(inner), data: textOf(value.data), asStored: value });
    if ((name === 'message' || name === 'stackTrace') && inner) found.messages.push(String(inner));
    search(inner, found);
  }
  return found;
}

const textOf = (base64: unknown) => Buffer.from(String(base64), 'base64').toString('latin1');

const textsIn = (fields: object) =>
  Object.fromEntries(Object.entries(fields).map(([name, base64]) => [name, textOf(base64)]));

describe('with encryption on', () => {
  test('orders end as they should, and histories hold nothing that can be read without the key', async () => {
    expect(await encrypted.play(completes)).toEqual([]);
    expect(await encrypted.play(completes, failsThenWorks('authorizePayment'))).toEqual([]);
    expect(await encrypted.play(completes, refuses('capturePayment'))).toEqual([]);
    expect(await encrypted.play(cancelledWhenPaid)).toEqual([]);

    const histories = await historiesOf(encrypted);
    expect(histories).toHaveLength(4);
    for (const history of histories) {
      const { payloads, messages } = search(JSON.parse(toJson(history)));
      const open = payloads.filter(({ metadata }) => metadata['encryption-key-id'] !== 'k1');
      expect(payloads.length - open.length).toBeGreaterThan(1);
      // The SDK's own note of when a local activity ran.
      expect(open.filter(({ data }) => !data.startsWith('{"seq":'))).toEqual([]);
      expect(messages.filter((message) => message !== 'Encoded failure')).toEqual([]);
    }
    expect(histories.map(toJson).join()).toContain('Encoded failure');
    expect(await shownByCodec(encrypted, histories)).toMatch(/attemptsBeforeAttention[^]*Hold the total/);
    expect(await replayWith(first, histories)).toEqual([]);
    expect(await replayWith(rotated, histories)).toEqual([]);
  });

  test('a mail tells nothing without the key either', async () => {
    const order = await encrypted.place(completes);
    encrypted.director.direct(order.id, completes.scripts?.(order, encrypted));
    expect(await encrypted.finish(order, completes)).toEqual([]);
    const { client, namespace } = encrypted.rig.temporal;
    const mail = await client.workflowService.describeActivityExecution({
      namespace,
      activityId: noticeActivityId(order.id, 'confirmed'),
      includeInput: true,
      includeOutcome: true,
    });
    const { payloads } = search(JSON.parse(JSON.stringify(mail)));
    expect(payloads.length).toBeGreaterThanOrEqual(2);
    expect(payloads.filter(({ metadata }) => metadata['encryption-key-id'] !== 'k1')).toEqual([]);
  });

  test('histories from before replay, and the orders in them go on', async () => {
    expect(await plain.play(completes)).toEqual([]);
    expect(await plain.play(cancelledWhenPaid)).toEqual([]);
    const histories = await historiesOf(plain);
    expect(search(JSON.parse(toJson(histories[0]!))).payloads[0]?.metadata).toEqual({
      encoding: 'json/plain',
    });
    expect(await replayWith(rotated, histories)).toEqual([]);
    expect(await historyProblems(plain)).toEqual([]);
  });
});

describe('without the key', () => {
  test.each([
    ['another key', strange],
    ['no key at all', none],
  ])('an order waits, and says for which, until a worker has it; with %s', async (_name, wrong) => {
    const stage = await startStage({ variables: first, worker: false });
    const { pool, shop, watch, director, sandboxes } = stage;
    try {
      const id = await shop.place(await stockProduct(pool));
      director.direct(id);
      await workWith(stage, wrong, async () => {
        await expect
          .poll(async () => toJson((await fetchHistory(stage.rig.temporal.client, orderWorkflowId(id)))!), {
            timeout: 30_000,
          })
          .toMatch(/a payload is encrypted with the key \\"k1\\", which is not in PAYLOAD_ENCRYPTION_KEYS/);
      });
      expect(await shop.read(id)).toMatchObject({ failure: null, needsAttention: null });
      const view = await fetch(`${stage.rig.url}/orders/${id}/workflow`);
      expect(await view.json()).toMatchObject({ executionStatus: 'RUNNING' });
      await workWith(stage, rotated, async () => {
        await watch.until(id, 'being paid', ({ paymentStatus }) => paymentStatus === 'captured');
        const [label] = sandboxes.easypost.labels();
        for (const code of label?.trackingCodes ?? []) {
          sandboxes.easypost.carrier.advance(code, 'in_transit');
          sandboxes.easypost.carrier.advance(code, 'delivered');
        }
        await watch.until(id, 'its end', ({ status }) => status === 'completed');
      });
    } finally {
      await stage.close();
    }
  });

  test('the reconciler’s schedule is made anew, and stays paused where it was', async () => {
    const every = 3_600_000;
    const [before, after] = [processWith(encrypted, first), processWith(encrypted, strange)];
    await ensureReconcileSchedule(before.temporal.client, every);
    const handle = after.temporal.client.schedule.getHandle(reconcileScheduleId);
    await pauseSchedule(after.temporal.client, reconcileScheduleId, true, 'being looked at');
    await expect(handle.describe()).rejects.toMatchObject({ name: 'PayloadKeyMissing' });
    const workers = Array.from({ length: 8 }, () => ensureReconcileSchedule(after.temporal.client, every));
    await Promise.all(workers);
    expect(await handle.describe()).toMatchObject({
      state: { paused: true, note: 'being looked at' },
      action: { args: [{ version: 1 }] },
    });
    await Promise.all([before.close(), after.close()]);
  });
});
