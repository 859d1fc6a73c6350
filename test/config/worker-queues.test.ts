import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/env.ts';
import { queueNames } from '../../src/domain/queue.ts';
import { describeQueues } from '../../src/worker/describe-queues.ts';

const complete = {
  DATABASE_URL: 'postgres://shop@127.0.0.1/shop',
  STRIPE_API_KEY: 'sk_test_x',
  STRIPE_WEBHOOK_SECRET: 'whsec_x',
  EASYPOST_API_KEY: 'x',
  EASYPOST_WEBHOOK_SECRET: 'x',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'orders@shop.example',
};

const queuesOf = (variables: Record<string, string> = {}) =>
  loadConfig({ ...complete, ...variables }).worker.queues;

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    queuesOf(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('serves every queue where nothing is said, without a limit but its slots', () => {
  const queues = queuesOf();
  expect(Object.keys(queues)).toEqual([...queueNames]);
  expect(queues.heavy).toEqual({
    concurrency: 4,
    perSecond: null,
    perSecondInAll: null,
    pollers: 2,
    attempts: null,
  });
});

test('serves those that are named, in any order and with any spaces, and no other', () => {
  expect(Object.keys(queuesOf({ WORKER_QUEUES: ' heavy, jobs ' })).toSorted()).toEqual(['heavy', 'jobs']);
});

test('takes limits for each queue by itself', () => {
  const queues = queuesOf({
    WORKER_NOTICES_CONCURRENCY: '3',
    WORKER_NOTICES_PER_SECOND: '0.5',
    WORKER_NOTICES_PER_SECOND_IN_ALL: '1.25',
    WORKER_NOTICES_POLLERS: '1',
    WORKER_HEAVY_ATTEMPTS: '4',
  });
  expect(queues.notices).toEqual({
    concurrency: 3,
    perSecond: 0.5,
    perSecondInAll: 1.25,
    pollers: 1,
    attempts: null,
  });
  expect([queues.heavy?.attempts, queues.orders?.perSecond]).toEqual([4, null]);
});

test('has no more pollers than slots unless somebody says so, which is refused', () => {
  expect(queuesOf({ WORKER_WEBHOOKS_CONCURRENCY: '2' }).webhooks?.pollers).toBe(2);
  expect(problemsOf({ WORKER_WEBHOOKS_CONCURRENCY: '2', WORKER_WEBHOOKS_POLLERS: '3' })).toEqual([
    'WORKER_WEBHOOKS_POLLERS must not be above WORKER_WEBHOOKS_CONCURRENCY, which is 2',
  ]);
});

describe('refuses, and says what it takes instead:', () => {
  const names = 'orders, notices, webhooks, jobs, heavy, maintenance';
  test.each([
    ['WORKER_QUEUES', 'exports', `must be names with commas between them, each once, of ${names}`],
    ['WORKER_QUEUES', 'jobs,jobs', `must be names with commas between them, each once, of ${names}`],
    ['WORKER_QUEUES', 'jobs,', `must be names with commas between them, each once, of ${names}`],
    ['WORKER_HEAVY_CONCURRENCY', '0', 'must be a whole number from 1 to 1000'],
    ['WORKER_ORDERS_POLLERS', '1', 'must be a whole number from 2 to 100'],
    ['WORKER_JOBS_ATTEMPTS', 'many', 'must be a whole number from 1 to 1000'],
    [
      'WORKER_JOBS_PER_SECOND',
      '0',
      'must be a number above 0, with at most three decimals, such as 0.5 or 200',
    ],
    [
      'WORKER_JOBS_PER_SECOND',
      '1e3',
      'must be a number above 0, with at most three decimals, such as 0.5 or 200',
    ],
  ])('%s=%s', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name} ${problem}`]);
  });

  test('a process that may do more a second than all together', () => {
    expect(problemsOf({ WORKER_JOBS_PER_SECOND: '5', WORKER_JOBS_PER_SECOND_IN_ALL: '4' })).toEqual([
      'WORKER_JOBS_PER_SECOND must not be above WORKER_JOBS_PER_SECOND_IN_ALL',
    ]);
  });
});

test('says in what batches jobs do their work', () => {
  expect(loadConfig(complete).jobs.batches).toEqual({ cleanup: 500, export: 500 });
  const variables = { ...complete, CLEANUP_BATCH: '25', EXPORT_BATCH: '200' };
  expect(loadConfig(variables).jobs.batches).toEqual({ cleanup: 25, export: 200 });
  expect(problemsOf({ CLEANUP_BATCH: '0' })).toEqual([
    'CLEANUP_BATCH must be a whole number from 1 to 10000',
  ]);
});

test('is said in a line', () => {
  const queues = queuesOf({
    WORKER_QUEUES: 'notices,heavy',
    WORKER_NOTICES_PER_SECOND: '5',
    WORKER_HEAVY_ATTEMPTS: '3',
  });
  expect(describeQueues(queues)).toBe('notices (20 at once, 5 a second), heavy (4 at once, 3 attempts)');
});
