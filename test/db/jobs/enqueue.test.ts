import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineJobType } from '../../../src/activities/jobs/job-type.ts';
import { rowOf } from '../../../src/db/jobs/enqueue.ts';
import { testType } from '../../jobs/types.ts';

const requestedBy = 'test';

test('an input that its type does not take is refused, and named by its members', () => {
  const input = z.strictObject({ day: z.iso.date(), to: z.email().optional() });
  const type = defineJobType({ ...testType('of-a-day'), input });
  expect(() => rowOf(type, { input: { day: 'yesterday', to: 'nobody' }, requestedBy })).toThrow(
    /^This is no input of a job of type of-a-day; day: .+; to: .+\.$/,
  );
});

test.each([
  ['as something else', z.number().transform((percent) => percent / 100), 20],
  ['not at all', z.iso.date().transform((day) => new Date(day)), '2026-01-15'],
])('an input that would be read %s before each attempt is not accepted', (_, member, value) => {
  const input: z.ZodType<any> = z.strictObject({ member });
  const type = defineJobType({ ...testType('transforming'), input });
  expect(() => rowOf(type, { input: { member: value }, requestedBy })).toThrow(
    'The schema of transforming does not read what it gives',
  );
});
