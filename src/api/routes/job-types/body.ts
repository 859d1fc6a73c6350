import { z } from 'zod';
import type { JobType } from '../../../activities/jobs/job-type.ts';
import type { JobTypeState } from '../../../db/jobs/types.ts';
import { jobQueues } from '../../../domain/job-type.ts';
import { time } from '../../schemas/fields.ts';
import { jobTypeName } from '../../schemas/job.ts';

export const jobType = z
  .strictObject({
    name: jobTypeName,
    summary: z.string(),
    offered: z
      .boolean()
      .meta({ description: 'Whether `POST /jobs` takes it; the others the service makes by itself.' }),
    inputSchema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of `input`.' }),
    queue: z.enum(jobQueues),
    maxAttempts: z.int(),
    deadlineSeconds: z
      .number()
      .meta({ description: 'From the first attempt on, with every wait but that for the end of a pause.' }),
    concurrency: z.int().nullable().meta({ description: 'How many are tried at once, over all workers.' }),
    maxBacklog: z.int().meta({ description: 'From this many waiting ones on `POST /jobs` answers 429.' }),
    uniqueness: z
      .enum(['until_ended', 'for_ever'])
      .meta({ description: 'How long a `uniqueKey` keeps other jobs of the type out.' }),
    paused: z
      .strictObject({ since: time, by: z.string(), reason: z.string().nullable() })
      .nullable()
      .meta({ description: 'No attempt begins while it is.' }),
    jobs: z
      .strictObject({ scheduled: z.int(), waiting: z.int(), running: z.int(), dead: z.int() })
      .meta({ description: 'How many there are of each.' }),
    oldestWaitSeconds: z
      .number()
      .nullable()
      .meta({ description: 'Since the first of those that wait was due.' }),
  })
  .meta({ id: 'JobType' });

export function jobTypeBody(type: JobType, state: JobTypeState): z.input<typeof jobType> {
  const { name, summary, offered, input, queue, retry, deadlineMs, concurrency, maxBacklog, uniqueness } =
    type;
  const { scheduled, waiting, running, dead, oldestWaitMs, pausedAt, pausedBy, pauseReason } = state;
  return {
    name,
    summary,
    offered,
    inputSchema: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
    queue,
    maxAttempts: retry.maxAttempts,
    deadlineSeconds: deadlineMs / 1_000,
    concurrency,
    maxBacklog,
    uniqueness,
    paused: pausedAt && { since: pausedAt.toISOString(), by: pausedBy ?? '', reason: pauseReason },
    jobs: { scheduled, waiting, running, dead },
    oldestWaitSeconds: oldestWaitMs === null ? null : Math.round(oldestWaitMs) / 1_000,
  };
}

export const exampleJobType: z.input<typeof jobType> = {
  name: 'export-orders',
  summary: 'Orders as a file.',
  offered: true,
  inputSchema: { type: 'object', properties: { format: { type: 'string' } }, required: ['format'] },
  queue: 'heavy',
  maxAttempts: 5,
  deadlineSeconds: 3_600,
  concurrency: 2,
  maxBacklog: 1_000,
  uniqueness: 'until_ended',
  paused: null,
  jobs: { scheduled: 0, waiting: 3, running: 2, dead: 0 },
  oldestWaitSeconds: 4.2,
};
