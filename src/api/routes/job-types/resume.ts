import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { jobTypeName } from '../../schemas/job.ts';
import { exampleJobType, jobType } from './body.ts';
import { switchType } from './switch.ts';

export const resumeJobType = endpoint({
  method: 'post',
  path: '/job-types/{name}/resume',
  operationId: 'resumeJobType',
  tag: 'Operations',
  access: 'ops',
  summary: 'Let the jobs of a type begin again',
  params: z.object({ name: jobTypeName }),
  unknown: 'unknown-job-type',
  responses: { 200: { description: 'It goes on.', body: jobType, example: exampleJobType } },
  problems: ['unknown-job-type'],
  async handle({ params, caller, trace }, context) {
    return switchType(params.name, { paused: false }, { caller, trace }, context);
  },
});
