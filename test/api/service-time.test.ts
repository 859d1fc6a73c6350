import { afterAll, beforeAll, expect, test } from 'vitest';
import { idsOnce, openEvents } from './event-client.ts';
import { confirmOrder, placeOne } from './order-steps.ts';
import { newOrder, seedShop } from './shop.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await seedShop(api.pool);
});
afterAll(() => api.stop());

async function metric(line: RegExp): Promise<number> {
  const { body } = await api.call('GET /metrics');
  return Number(line.exec(String(body))?.[1]);
}

/** The line of the log that tells of the request with this trace. */
async function served(traceId: string) {
  const isIt = (line: Record<string, unknown>) =>
    line['event'] === 'requestServed' && line['traceId'] === traceId;
  await expect.poll(() => api.log.some(isIt)).toBe(true);
  return api.log.find(isIt);
}

const traceId = (digit: string) => digit.repeat(32);
const traced = (digit: string) => ({ traceparent: `00-${traceId(digit)}-${'1'.repeat(16)}-01` });

const streams = () => metric(/^http_event_streams (\d+)$/m);
const waiters = () => metric(/^http_waiting_requests (\d+)$/m);

test('shows how many streams are open and how many requests wait', async () => {
  expect([await streams(), await waiters()]).toEqual([0, 0]);
  const client = await openEvents(api.url, await placeOne(api));
  await expect.poll(streams).toBe(1);
  const answer = api.call('POST /orders', { json: newOrder(), headers: { Prefer: 'wait=20' } });
  await expect.poll(waiters).toBe(1);
  await confirmOrder(api.pool, api.delivered.at(-1)?.orderId ?? '');
  client.close();
  await answer;
  await expect.poll(async () => [await streams(), await waiters()]).toEqual([0, 0]);
});

test('tells the wait for an order from the time in which the request was served', async () => {
  const sum = /^http_request_duration_seconds_sum\{method="POST",route="\/orders",status="202"\} (\S+)$/m;
  const before = (await metric(sum)) || 0;
  const headers = { Prefer: 'wait=1', ...traced('a') };
  const { status } = await api.call('POST /orders', { json: newOrder(), headers });
  expect(status).toBe(202);
  const { durationMs, waitedMs } = Object(await served(traceId('a')));
  expect(waitedMs).toBeGreaterThan(900);
  expect(durationMs).toBeGreaterThanOrEqual(waitedMs);
  expect(((await metric(sum)) - before) * 1_000).toBeCloseTo(durationMs - waitedMs, -1);
});

test('counts a stream as served with its head, and the wait of one whose client has gone as a wait', async () => {
  const client = await openEvents(api.url, await placeOne(api), traced('b'));
  expect(await idsOnce(client, 1)).toEqual([1]);
  client.close();
  const { durationMs, waitedMs } = Object(await served(traceId('b')));
  expect(waitedMs).toBeGreaterThan(0);
  expect(waitedMs).toBeLessThanOrEqual(durationMs);

  const gone = new AbortController();
  const waiting = fetch(`${api.url}/orders`, {
    method: 'POST',
    body: JSON.stringify(newOrder()),
    headers: { 'content-type': 'application/json', Prefer: 'wait=30', ...traced('c') },
    signal: gone.signal,
  });
  await expect.poll(() => api.live.waiters.taken).toBe(1);
  gone.abort();
  await expect(waiting).rejects.toThrow('aborted');
  const left = Object(await served(traceId('c')));
  expect(left).toMatchObject({ status: 499 });
  expect(left.waitedMs).toBeGreaterThan(0);
});
