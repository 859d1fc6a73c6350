import sql from 'sql-template-tag';
import { z } from 'zod';
import { registerJob, type RegisteredJob } from '../../src/activities/jobs/job-handler.ts';
import { defineJobType, type JobType } from '../../src/activities/jobs/job-type.ts';
import { execute } from '../../src/db/pool.ts';
import { testType } from './types.ts';

/** Where the work of a job stops dead. */
export const crashPoints = [
  'before the work',
  'after the work',
  'within the commit',
  'after the commit',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

const input = z.strictObject({ point: z.enum(crashPoints) });
export type Doomed = z.output<typeof input>;

function doomedType(name: string, rules: Parameters<typeof testType>[1]): JobType<Doomed> {
  return defineJobType({ ...testType(name, rules), input });
}

export const doomedTypes = [
  doomedType('plain', {}),
  doomedType('short', { short: true }),
  doomedType('heavy', { queue: 'heavy' }),
  doomedType('one-at-once', { concurrency: 1 }),
] as const;

/** Each attempt leaves one effect outside of the commit that ends the job, and one in it. `at` is called at each point. */
export function doomedJobs(at: (point: CrashPoint, job: { jobId: string; input: Doomed }) => Promise<void>) {
  return doomedTypes.map((type): RegisteredJob =>
    registerJob(type, async (run, { pool }) => {
      await at('before the work', run);
      await execute(pool, sql`insert into effects (job_id, place) values (${run.jobId}, 'outside')`);
      await at('after the work', run);
      return {
        result: { attempt: run.attempt },
        async commit(tx) {
          await execute(tx, sql`insert into effects (job_id, place) values (${run.jobId}, 'inside')`);
          await at('within the commit', run);
        },
      };
    }),
  );
}
