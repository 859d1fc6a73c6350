import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { jobTypes } from '../../src/activities/jobs/types.ts';

const folder = join(import.meta.dirname, '../../src/activities/jobs');

test('every type that has a folder can be accepted, and is done by workers', async () => {
  const names: string[] = [];
  for await (const file of glob('*/type.ts', { cwd: folder })) names.push(file.replace('/type.ts', ''));
  names.sort();
  expect(names).not.toHaveLength(0);
  expect(jobTypes.map(({ name }) => name).toSorted()).toEqual(names);
  expect(registeredJobs.map(({ type }) => type.name).toSorted()).toEqual(names);
});
