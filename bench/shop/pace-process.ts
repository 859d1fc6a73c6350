/** The process behind pace.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pace, Paced } from './pace.ts';
import { createStorefront } from './storefront.ts';

const {
  apiUrl,
  basket,
  perSecond,
  count = Infinity,
}: Pace & { apiUrl: string } = JSON.parse(process.argv[2] ?? '');
const stopped = new AbortController();
process.once('message', () => stopped.abort());

const storefront = createStorefront(apiUrl);
const startedMs = performance.now();
const placed: Promise<{ durationMs: number; status: number }>[] = [];
while (!stopped.signal.aborted && placed.length < count) {
  const dueMs = startedMs + (placed.length * 1_000) / perSecond;
  await pause(Math.max(0, dueMs - performance.now()));
  placed.push(storefront.place(basket));
}
const replies = await Promise.all(placed);
const statuses = Map.groupBy(replies, ({ status }) => status);
const paced: Paced = {
  durationsMs: replies.map(({ durationMs }) => durationMs),
  statuses: [...statuses].map(([status, some]) => [status, some.length]),
};
process.send?.(paced);
storefront.close();
process.disconnect();
