import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { maxReasonCharacters } from '../../limits.ts';
import { jobTypeName } from '../../schemas/job.ts';
import { prose } from '../../schemas/text.ts';
import { exampleJobType, jobType } from './body.ts';
import { switchType } from './switch.ts';

const paused = { since: '2026-01-15T09:30:00.000Z', by: 'on-call', reason: 'the bucket is full' };

export const pauseJobType = endpoint({
  method: 'post',
  path: '/job-types/{name}/pause',
  operationId: 'pauseJobType',
  tag: 'Operations',
  access: 'ops',
  summary: 'Let no job of a type begin',
  description:
    'No attempt begins from here on, be it a first one or a repeat; what is being tried goes on. Jobs are still accepted and wait.',
  params: z.object({ name: jobTypeName }),
  unknown: 'unknown-job-type',
  body: z.strictObject({ reason: prose(maxReasonCharacters).optional() }),
  bodyOptional: true,
  bodyExample: { reason: paused.reason },
  responses: {
    200: {
      description: 'It is paused, now or before.',
      body: jobType,
      example: { ...exampleJobType, paused },
    },
  },
  problems: ['unknown-job-type'],
  async handle({ params, body, caller, trace }, context) {
    return switchType(params.name, { paused: true, reason: body.reason ?? null }, { caller, trace }, context);
  },
});
