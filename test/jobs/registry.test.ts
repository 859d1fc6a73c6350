import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { registryProblems } from '../../src/activities/jobs/registry.ts';
import { jobTypes } from '../../src/activities/jobs/types.ts';
import { queueVariables } from '../../src/config/worker-queues.ts';

const folder = join(import.meta.dirname, '../../src/activities/jobs');

test('every type has a name of its own and one handler', () => {
  expect(registryProblems(jobTypes, registeredJobs)).toEqual([]);
});

test('every type that has a folder can be accepted', async () => {
  const names: string[] = [];
  for await (const file of glob('*/type.ts', { cwd: folder })) names.push(file.replace('/type.ts', ''));
  names.sort();
  expect(names).not.toHaveLength(0);
  expect(jobTypes.map(({ name }) => name).toSorted()).toEqual(names);
});

test.each([
  ['two types are called a', ['a', 'a'], ['a']],
  ['type a has two handlers', ['a'], ['a', 'a']],
  ['type b has no handler', ['a', 'b'], ['a']],
  ['type b has a handler and is not in types.ts', ['a'], ['a', 'b']],
])('says that %s', (problem, types, handlers) => {
  const named = types.map((name) => ({ name }));
  const registered = handlers.map((name) => ({ type: { name } }));
  expect(registryProblems(named, registered)).toEqual([problem]);
});

test('heavy types with a limit leave slots of a single worker to the others', () => {
  const slots = queueVariables.WORKER_HEAVY_CONCURRENCY.parse(undefined);
  const limits = jobTypes.filter(({ queue }) => queue === 'heavy').map(({ concurrency }) => concurrency ?? 0);
  const held = limits.reduce((sum, limit) => sum + limit, 0);
  expect(held).toBeGreaterThan(0);
  expect(slots).toBeGreaterThan(held);
});
