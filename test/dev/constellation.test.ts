import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { firstOrder } from '../../dev/screen.ts';
import { isRunning } from './running.ts';
import { startTestConstellation, type TestConstellation } from '../support/constellation.ts';

const wholeTestMs = 180_000;
const soonMs = 60_000;

let constellation: TestConstellation | undefined;
afterEach(async () => {
  await constellation?.stop();
  constellation = undefined;
});

test('an order placed as the screen says is completed', { timeout: wholeTestMs }, async () => {
  constellation = await startTestConstellation('shared', { SANDBOX_CARRIER_STEP_MS: '50' });
  const { api } = constellation.urls;
  const id = await placeOrder(api);
  await expect.poll(() => statusOf(api, id), { timeout: soonMs }).toBe('completed');
});

test(
  'Temporal and Postgres die and come back, and the order that was in flight is completed',
  { timeout: wholeTestMs },
  async () => {
    constellation = await startTestConstellation('own', { SANDBOX_CARRIER_STEP_MS: '50' });
    const { urls, part, said } = constellation;
    await part('temporal').stop();
    const id = await placeOrder(urls.api);
    part('postgres').kill('SIGKILL');
    await expect.poll(() => said.join('\n')).toContain('postgres died of SIGKILL; starting it again');
    await part('postgres').untilReady();
    await part('temporal').start();
    await expect.poll(() => statusOf(urls.api, id), { timeout: soonMs }).toBe('completed');
    expect(said.join('\n')).toContain('postgres is back');
  },
);

test('nothing is left of a constellation that has stopped', { timeout: wholeTestMs }, async () => {
  const running = await startTestConstellation('shared');
  const names = ['api', 'worker-1', 'worker-2', 'heavy-1', 'stripe', 'easypost', 'mail'];
  const pids = names.map((name) => running.part(name).pid);
  await running.stop();
  expect(pids.filter((pid) => pid === undefined || isRunning(pid))).toEqual([]);
});

async function placeOrder(api: string): Promise<string> {
  const response = await fetch(`${api}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(firstOrder),
  });
  expect(response.status).toBe(202);
  const { orderId } = z.object({ orderId: z.string() }).parse(await response.json());
  return orderId;
}

/** The status, with what may keep the order from going on. */
async function statusOf(api: string, id: string): Promise<string> {
  const response = await fetch(`${api}/orders/${id}`);
  const body: unknown = await response.json();
  if (!response.ok) return JSON.stringify(body);
  const { status, waitingOn } = z
    .object({ status: z.string(), waitingOn: z.string().nullable() })
    .parse(body);
  return waitingOn === null ? status : `${status}, waiting on ${waitingOn}`;
}
