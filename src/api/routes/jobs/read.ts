import { z } from 'zod';
import { readJob } from '../../../db/jobs/read.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { pollHeaders, wholeJobBody } from '../../bodies/job.ts';
import { wholeJob } from '../../schemas/job.ts';
import { exampleWholeJob } from './examples.ts';
import { jobParams } from './params.ts';

export const getJob = endpoint({
  method: 'get',
  path: '/jobs/{id}',
  operationId: 'getJob',
  tag: 'Jobs',
  access: 'jobs:read',
  summary: 'Read a job',
  description: 'Always 200 where there is such a job, however it ended: `status` and `error` say how.',
  params: jobParams,
  unknown: 'unknown-job',
  tagged: true,
  responses: {
    200: {
      description: 'The job as it is now.',
      body: wholeJob,
      headers: z.object({
        'Retry-After': z
          .string()
          .optional()
          .meta({ description: 'While it goes on, in seconds.', example: '1' }),
      }),
      example: exampleWholeJob,
    },
  },
  problems: ['unknown-job'],
  async handle({ params }, context) {
    const view = await readJob(context.pool, params.id);
    if (!view) throw new Problem('unknown-job');
    return { status: 200, headers: pollHeaders(view), body: await wholeJobBody(view, context) };
  },
});
