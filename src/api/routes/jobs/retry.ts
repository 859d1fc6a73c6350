import { z } from 'zod';
import { retryJob } from '../../../db/jobs/commands.ts';
import { endpoint } from '../../endpoint.ts';
import { maxReasonCharacters } from '../../limits.ts';
import { wholeJob } from '../../schemas/job.ts';
import { prose } from '../../schemas/text.ts';
import { commandJob } from './command.ts';
import { exampleWholeJob } from './examples.ts';
import { jobParams } from './params.ts';

export const retryOneJob = endpoint({
  method: 'post',
  path: '/jobs/{id}/retry',
  operationId: 'retryJob',
  tag: 'Jobs',
  access: 'jobs:write',
  summary: 'Start a job again',
  description:
    'One that is `dead`, `failed` or `cancelled`: from its beginning, with all its attempts, as its next round. Its earlier attempts remain.',
  params: jobParams,
  unknown: 'unknown-job',
  body: z.strictObject({ reason: prose(maxReasonCharacters).optional() }),
  bodyOptional: true,
  bodyExample: { reason: 'the mail server is back' },
  guarded: true,
  responses: { 202: { description: 'It waits for its turn.', body: wholeJob, example: exampleWholeJob } },
  problems: ['unknown-job', 'command-refused'],
  async handle({ params, body, caller, trace, ifMatch }, context) {
    const asked = { jobId: params.id, requestedBy: caller.name, reason: body.reason ?? null };
    return commandJob(context, { ...asked, kind: 'retry', trace, ifMatch }, (tx) => retryJob(tx, asked));
  },
});
