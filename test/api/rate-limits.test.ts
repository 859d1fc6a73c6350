import { parseList } from 'structured-headers';
import { afterEach, expect, test } from 'vitest';
import { createRateLimits } from '../../src/api/access/rate-limits.ts';
import { newSecret } from '../../src/domain/api-key.ts';
import type { Answer } from './call.ts';
import { makeKey } from './make-key.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
afterEach(() => api.stop());

const limits = { perKey: 5, perAddress: 3 };
const start = async (settings = {}) => {
  api = await startApi({ accessSettings: { limits, mayStandOpen: false }, settings });
};

/** So many answers, one after the other, within one window: begun again when a window ended in between. */
async function within(count: number, request: () => Promise<Answer>): Promise<Answer[]> {
  for (;;) {
    const startedMs = performance.now();
    const answers: Answer[] = [];
    for (let index = 0; index < count; index += 1) answers.push(await request());
    const first = remainingOf(answers[0]);
    const inOneWindow =
      performance.now() - startedMs < 900 && first === Math.max(...answers.map(remainingOf));
    if (inOneWindow && first !== undefined) return answers;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function remainingOf(answer: Answer | undefined): number {
  const [[, parameters] = ['', new Map()]] = parseList(answer?.headers.get('ratelimit') ?? '');
  return Number(parameters.get('r') ?? -1);
}

test('tells each key its limit and what is left of it, and answers 429 beyond it, until the next second', async () => {
  await start();
  const { headers } = await makeKey(api.pool, ['orders:read']);
  await api.call('GET /products', { headers });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const answers = await within(7, () => api.call('GET /products', { headers }));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
  expect(answers.map(remainingOf)).toEqual([4, 3, 2, 1, 0, 0, 0]);
  for (const answer of answers) expect(answer.headers.get('ratelimit-policy')).toBe('"key";q=5;w=1');
  const [, , , , last, refused] = answers;
  expect(last?.headers.get('ratelimit')).toBe('"key";r=0;t=1');
  expect(refused?.body).toMatchObject({ type: '/problems/rate-limited', retryable: true });
  expect(refused?.headers.get('retry-after')).toBe('1');
  await expect.poll(async () => (await api.call('GET /products', { headers })).status).toBe(200);
});

test('gives each key a limit of its own, and its own number where it has one', async () => {
  await start();
  const usual = await makeKey(api.pool, ['orders:read']);
  const generous = await makeKey(api.pool, ['orders:read'], { requestsPerSecond: 1_000 });
  const ask = (headers: Record<string, string>) => api.call('GET /products', { headers });
  await Promise.all(Array.from({ length: 8 }, () => ask(usual.headers)));
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(generous.headers)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"key";q=1000;w=1');
});

test('counts what comes without a key in use against its address, and a key in use not at all', async () => {
  await start();
  const { headers } = await makeKey(api.pool, ['orders:read']);
  const guess = () => api.call('GET /products', { headers: { Authorization: `Bearer ${newSecret().key}` } });
  expect((await api.call('GET /products', { headers })).status).toBe(200);
  const answers = await Promise.all(Array.from({ length: 20 }, guess));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(11);
  expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"address";q=3;w=1');
  expect((await api.call('GET /products', { headers })).status).toBe(200);
});

const askOften = (request: string) => Promise.all(Array.from({ length: 20 }, () => api.call(request)));

test('limits open routes by address, and probes and providers never', async () => {
  await start();
  expect((await askOften('GET /openapi.json')).some(({ status }) => status === 429)).toBe(true);
  for (const request of ['GET /livez', 'GET /readyz', 'POST /webhooks/stripe']) {
    expect((await askOften(request)).some(({ status }) => status === 429)).toBe(false);
  }
});

const askFrom = (addresses: readonly string[]) =>
  Promise.all(
    addresses.map((address) =>
      api.call('GET /openapi.json', { headers: { 'X-Forwarded-For': address } }).then(({ status }) => status),
    ),
  );
const twenty = Array.from({ length: 20 }, (_, index) => index);

test('tells clients apart by what a trusted proxy says', async () => {
  await start({ trustedProxies: ['127.0.0.0/8', '::1'] });
  expect(await askFrom(twenty.map(() => '203.0.113.7'))).toContain(429);
  expect(await askFrom(['203.0.113.8'])).toEqual([200]);
});

test('takes nobody else’s word for an address', async () => {
  await start();
  expect(await askFrom(twenty.map((index) => `203.0.113.${index}`))).toContain(429);
});

test('asking what is left to an address counts nothing', async () => {
  await start();
  const rates = createRateLimits(limits);
  for (let index = 0; index < 10; index += 1) {
    expect((await rates.askAddress('192.0.2.1')).exceeded).toBe(false);
  }
  for (let index = 0; index < 3; index += 1) await rates.countAddress('192.0.2.1');
  expect((await rates.askAddress('192.0.2.1')).exceeded).toBe(true);
  expect((await rates.askAddress('192.0.2.2')).exceeded).toBe(false);
});
