import { z } from 'zod';
import { ownJobKeys } from '../../domain/ids.ts';
import { jobPriority, maxJobKeyCharacters, publicJobStatuses } from '../../domain/job.ts';
import { time } from './fields.ts';
import { line } from './text.ts';

export const jobId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'A UUIDv7.', example: '019aab2f-1c3e-7b51-8a3d-5f0c9d0d6b1a' });

export const jobTypeName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the name of a type of jobs')
  .meta({ description: 'As `GET /job-types` lists them.', example: 'export-orders' });

export const jobStatus = z.enum(publicJobStatuses).meta({
  id: 'JobStatus',
  description:
    '`failed`: refused, not worth a retry. `dead`: its attempts, or the time that its type allows, are used up.',
});

/** A key that a client gives to a job. */
export const jobKey = line(maxJobKeyCharacters).refine(
  (key) => !key.startsWith(ownJobKeys),
  `must not begin with ${ownJobKeys}, as the keys of the service’s own jobs do`,
);

export const priority = z
  .int()
  .min(jobPriority.min)
  .max(jobPriority.max)
  .meta({ description: `From ${jobPriority.min}, the least urgent, to ${jobPriority.max}.`, example: 0 });

export const jobLinks = z.strictObject({
  self: z.string(),
  events: z.string().meta({ description: 'What happens to the job, as it happens.' }),
});

const error = z
  .strictObject({ type: z.string().meta({ example: 'ProviderUnavailable' }), detail: z.string() })
  .meta({ id: 'JobError' });

/** A job in a list. */
export const job = z
  .strictObject({
    jobId,
    type: z.string(),
    status: jobStatus,
    progress: z.strictObject({ percent: z.number(), message: z.string().nullable() }),
    attempts: z.int().meta({ description: 'That have begun, in this round.' }),
    round: z.int().meta({ description: 'One more for each `POST /jobs/{id}/retry`.' }),
    priority,
    uniqueKey: z.string().nullable(),
    orderingKey: z.string().nullable(),
    result: z.unknown().meta({ description: 'What its type says; null before its end.' }),
    error: error.nullable(),
    downloadUrl: z.string().nullable().meta({
      description:
        'Gives the file that the job has made, for a while, to whoever has this link. Stays the same for part of that while.',
    }),
    cancelRequestedAt: time.nullable(),
    enqueuedAt: time,
    runAt: time.meta({ description: 'When it was due, or will be.' }),
    expiresAt: time.nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    links: jobLinks.extend({
      workflow: z.url().nullable().meta({ description: 'Opens its newest run in the Temporal Web UI.' }),
    }),
  })
  .meta({ id: 'Job' });

const failedAttempt = z
  .strictObject({
    round: z.int(),
    attempt: z.int(),
    outcome: z.enum(['failed', 'refused', 'cancelled', 'lost', 'timed_out']).meta({
      description: '`lost`: its worker was not heard of again.',
    }),
    error,
    startedAt: time,
    endedAt: time,
  })
  .meta({ id: 'FailedAttempt' });

/** A job with all that is known of it. */
export const wholeJob = job
  .extend({
    input: z.unknown().meta({ description: 'What it was asked for.' }),
    requestedBy: z.string(),
    callbackOrigin: z.string().nullable().meta({
      description:
        'Where its end is told, without the path, which may hold a secret; `GET /jobs/{id}/deliveries` shows how that went.',
    }),
    failedAttempts: z.array(failedAttempt).meta({ description: 'The newest hundred, in order.' }),
  })
  .meta({ id: 'WholeJob' });
