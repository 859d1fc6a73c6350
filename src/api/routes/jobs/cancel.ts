import { z } from 'zod';
import { cancelJob } from '../../../db/jobs/commands.ts';
import { endpoint } from '../../endpoint.ts';
import { maxReasonCharacters } from '../../limits.ts';
import { wholeJob } from '../../schemas/job.ts';
import { prose } from '../../schemas/text.ts';
import { commandJob } from './command.ts';
import { exampleWholeJob } from './examples.ts';
import { jobParams } from './params.ts';

export const cancelOneJob = endpoint({
  method: 'post',
  path: '/jobs/{id}/cancel',
  operationId: 'cancelJob',
  tag: 'Jobs',
  access: 'jobs:write',
  summary: 'Cancel a job',
  description:
    'Accepted or refused at once, whether Temporal is up or not. A job that waits is cancelled by it; one that is being tried ends in `cancelled` as soon as its handler lets go, whatever it has done by then.',
  params: jobParams,
  unknown: 'unknown-job',
  body: z.strictObject({ reason: prose(maxReasonCharacters).optional() }),
  bodyOptional: true,
  bodyExample: { reason: 'asked for twice' },
  guarded: true,
  responses: {
    202: { description: 'The cancel is accepted, now or before.', body: wholeJob, example: exampleWholeJob },
  },
  problems: ['unknown-job', 'command-refused'],
  async handle({ params, body, caller, trace, ifMatch }, context) {
    const asked = { jobId: params.id, requestedBy: caller.name, reason: body.reason ?? null };
    return commandJob(context, { ...asked, kind: 'cancel', trace, ifMatch }, (tx) => cancelJob(tx, asked));
  },
});
