import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkOperation } from '../../src/activities/jobs/bulk-operation/type.ts';
import { makeKey } from './make-key.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ accessSettings: { mayStandOpen: false } });
});
afterAll(() => api.stop());

test.each([
  [{ of: 'orders', since: '0000-01-01T00:00:00Z' }, '#/filter/since'],
  [{ of: 'orders', step: 'buy_label', before: '0000-12-31T23:59:59Z' }, '#/filter/before'],
  [{ of: 'orders', since: '1969-12-31T23:59:59Z' }, '#/filter/since'],
  [{ of: 'orders', before: '9999-01-01T00:00:00Z' }, '#/filter/before'],
  [{ of: 'jobs', enqueuedAfter: '0000-01-01T00:00:00Z' }, '#/filter/enqueuedAfter'],
  [{ of: 'jobs', enqueuedBefore: '9999-12-31T23:59:59Z' }, '#/filter/enqueuedBefore'],
])('refuses the time in %j as invalid input', async (filter, pointer) => {
  const { headers } = await makeKey(api.pool, ['ops']);
  const json = { action: 'retry', filter, dryRun: true };
  const { status, body } = await api.call('POST /bulk-operations', { json, headers: { ...headers } });
  expect([status, body.errors]).toEqual([
    422,
    [{ pointer, detail: 'must be in one of the years 1970 to 9998' }],
  ]);
});

test('counts from the first time to the last', async () => {
  const { headers } = await makeKey(api.pool, ['ops']);
  for (const filter of [
    { of: 'orders', since: '1970-01-01T00:00:00Z', before: '9998-12-31T23:59:59.999Z' },
    { of: 'jobs', enqueuedAfter: '1970-01-01T00:00:00Z', enqueuedBefore: '9998-12-31T23:59:59.999Z' },
  ]) {
    const json = { action: 'retry', filter, dryRun: true };
    expect((await api.call('POST /bulk-operations', { json, headers: { ...headers } })).status).toBe(200);
  }
});

test('gives the same answer to the same key, to a count and to what confirms it', async () => {
  const { headers } = await makeKey(api.pool, ['ops']);
  const asked = { action: 'retry', filter: { of: 'jobs', errorType: 'Repeated' } };
  const ask = async (key: string, json: object) =>
    api.call('POST /bulk-operations', {
      json: { ...asked, ...json },
      headers: { ...headers, 'Idempotency-Key': key },
    });
  const first = await ask('count', { dryRun: true });
  const again = await ask('count', { dryRun: true });
  expect([first.headers.get('idempotent-replay'), again.headers.get('idempotent-replay')]).toEqual([
    null,
    'true',
  ]);
  expect([again.status, again.body]).toEqual([200, first.body]);
  const { rows } = await api.pool.query(
    `select from bulk_operations where filter ->> 'errorType' = 'Repeated'`,
  );
  expect(rows).toHaveLength(1);
  const { operationId } = first.body;
  const confirmed = await ask('confirm', { dryRun: false, operationId });
  const repeated = await ask('confirm', { dryRun: false, operationId });
  expect([repeated.status, repeated.body]).toEqual([202, confirmed.body]);
  expect(repeated.headers.get('location')).toBe(`/bulk-operations/${operationId}`);
  expect(repeated.headers.get('idempotent-replay')).toBe('true');
  const other = await ask('count', { dryRun: false, operationId });
  expect([other.status, other.body.type]).toEqual([422, '/problems/idempotency-key-reused']);
});

test('two people who confirm a bulk operation at once have it carried out once, for one of them', async () => {
  const people = [await makeKey(api.pool, ['ops']), await makeKey(api.pool, ['ops'])];
  const asked = { action: 'retry', filter: { of: 'jobs' } };
  const [first] = people;
  const { body: counted } = await api.call('POST /bulk-operations', {
    json: { ...asked, dryRun: true },
    headers: { ...first?.headers },
  });
  const json = { ...asked, dryRun: false, operationId: counted.operationId };
  const answers = await Promise.all(
    people.flatMap(({ headers }) =>
      [1, 2, 3].map(() => api.call('POST /bulk-operations', { json, headers: { ...headers } })),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const bodies = answers.map(({ body }) => body);
  expect(new Set(bodies.map(({ links, confirmedBy }) => `${links.job} ${confirmedBy}`)).size).toBe(1);
  expect(people.map(({ name }) => name)).toContain(bodies[0].confirmedBy);
  const { rows } = await api.pool.query(
    'select id, requested_by from jobs where type = $1 and unique_key = $2',
    [bulkOperation.name, counted.operationId],
  );
  expect(rows).toEqual([
    { id: bodies[0].links.job.replace('/jobs/', ''), requested_by: bodies[0].confirmedBy },
  ]);
});
