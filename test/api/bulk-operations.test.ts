import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkOperation } from '../../src/activities/jobs/bulk-operation/type.ts';
import { makeKey } from './make-key.ts';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ accessSettings: { mayStandOpen: false } });
});
afterAll(() => api.stop());

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
  const { rows } = await api.pool.query('select id, requested_by from jobs where type = $1', [
    bulkOperation.name,
  ]);
  expect(rows).toEqual([
    { id: bodies[0].links.job.replace('/jobs/', ''), requested_by: bodies[0].confirmedBy },
  ]);
});
