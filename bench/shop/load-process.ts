/** The process behind load.ts. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { heardFrom, heardFromError, noAnswer } from './heard.ts';
import type { Buyer, FromLoad, LoadPlan, Try } from './load.ts';
import { createStorefront } from './storefront.ts';

/** How long a customer waits for an answer before asking again. */
const patienceMs = 5_000;

/** Between two tries of one customer. */
const retryMs = 250;

const { apiUrls, sku, perSecond }: LoadPlan = JSON.parse(process.argv[2] ?? '');
const storefronts = apiUrls.map((url) => createStorefront(url));
const stopped = new AbortController();
process.once('message', () => stopped.abort());
process.once('disconnect', () => process.exit(1)); // Nobody is left to tell.

function say(message: FromLoad): void {
  process.send?.(message);
}

/** Asks one API after the other until the order is accepted. What is answered too late counts as well. */
async function insist(first: number): Promise<Buyer> {
  const key = randomUUID();
  const tries: Try[] = [];
  const late: Promise<void>[] = [];
  for (let nth = 0; !tries.some(({ orderId, honest }) => orderId !== null || !honest); nth += 1) {
    if (nth > 0) await pause(retryMs);
    const storefront = storefronts[(first + nth) % storefronts.length];
    if (!storefront) throw new Error('there is no API');
    const atMs = Date.now();
    const startedMs = performance.now();
    const tried = storefront.place({ sku }, key).then(heardFrom, heardFromError);
    const inTime = await Promise.race([tried, pause(patienceMs, noAnswer, { ref: false })]);
    const durationMs = performance.now() - startedMs;
    tries.push({ ...inTime, atMs, durationMs });
    if (inTime === noAnswer)
      late.push(tried.then((heard) => void tries.push({ ...heard, atMs, durationMs })));
  }
  await Promise.all(late);
  return { tries };
}

const buyers: Promise<Buyer>[] = [];
const startedMs = performance.now();
while (!stopped.signal.aborted) {
  const dueMs = startedMs + (buyers.length * 1_000) / perSecond;
  await pause(Math.max(0, dueMs - performance.now()));
  buyers.push(insist(buyers.length));
  say({ arrived: buyers.length });
}
const everybody: FromLoad = { buyers: await Promise.all(buyers) };
process.send?.(everybody, () => process.exit(0));
