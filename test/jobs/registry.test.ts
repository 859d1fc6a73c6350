import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { jobTypes } from '../../src/activities/jobs/types.ts';
import { queueVariables } from '../../src/config/worker-queues.ts';

const folder = join(import.meta.dirname, '../../src/activities/jobs');

test('every type that has a folder can be accepted, and is done by workers', async () => {
  const names: string[] = [];
  for await (const file of glob('*/type.ts', { cwd: folder })) names.push(file.replace('/type.ts', ''));
  names.sort();
  expect(names).not.toHaveLength(0);
  expect(jobTypes.map(({ name }) => name).toSorted()).toEqual(names);
  expect(registeredJobs.map(({ type }) => type.name).toSorted()).toEqual(names);
});

test('heavy types with a limit leave slots of a single worker to the others', () => {
  const slots = queueVariables.WORKER_HEAVY_CONCURRENCY.parse(undefined);
  const limits = jobTypes.filter(({ queue }) => queue === 'heavy').map(({ concurrency }) => concurrency ?? 0);
  const held = limits.reduce((sum, limit) => sum + limit, 0);
  expect(held).toBeGreaterThan(0);
  expect(slots).toBeGreaterThan(held);
});
