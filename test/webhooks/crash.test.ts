import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hangs, startReceiver, takes, verified, type Receiver } from './receiver.ts';
import { startWebhookRig, type WebhookRig } from './rig.ts';

vi.setConfig({ testTimeout: 180_000 });

/** A worker is told to be dead by heartbeats, and a new one has to start. */
const patient = { timeout: 80_000 };

let rig: WebhookRig;
let receiver: Receiver;
const children: ChildProcess[] = [];
beforeAll(async () => {
  rig = await startWebhookRig({ worker: false, variables: { WEBHOOK_TIMEOUT_MS: '30000' } });
  receiver = await startReceiver();
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await receiver.close();
  await rig.close();
});

/** A worker's process, as shipped. */
function startWorker(): ChildProcess {
  const child = fork(join(import.meta.dirname, '../../src/worker/main.ts'), [], {
    execArgv: [],
    env: { ...process.env, ...rig.variables },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return gone;
}

test('a worker that is killed in the midst of a delivery is followed by one that sends it again', async () => {
  const { id, secret } = await rig.endpoint(`http://127.0.0.1:${receiver.port}/`, 'order.*');
  receiver.behave(hangs);
  const doomed = startWorker();
  const sent = [await rig.happen('order.accepted'), await rig.happen('order.confirmed')];
  await expect.poll(() => receiver.ids().toSorted(), patient).toEqual(sent.toSorted());
  await ended(doomed, 'SIGKILL');
  receiver.behave(takes);
  startWorker();
  await expect
    .poll(async () => (await rig.deliveries(id)).map(({ status }) => status), patient)
    .toEqual(['delivered', 'delivered']);
  // The first time nobody has written down: what the receiver makes of it is told by the id.
  expect(receiver.ids().slice(2).toSorted()).toEqual(sent.toSorted());
  for (const one of receiver.received) verified(secret, one);
});

test('a worker that is told to end gives up what hangs, ends in order, and leaves it to another one', async () => {
  const other = await startReceiver(hangs);
  const { id } = await rig.endpoint(`http://127.0.0.1:${other.port}/`, 'order.*');
  const messageId = await rig.happen('order.accepted');
  await expect.poll(() => other.ids(), patient).toEqual([messageId]);
  const [ending] = children.slice(-1);
  expect(await ended(ending!, 'SIGTERM')).toBe(0);
  other.behave(takes);
  startWorker();
  await expect.poll(() => other.ids(), patient).toEqual([messageId, messageId]);
  await expect.poll(async () => (await rig.deliveries(id))[0]?.status).toBe('delivered');
  await other.close();
});
