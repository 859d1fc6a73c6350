import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { problems, problemType } from '../../problems/errors.ts';
import { problemNames } from '../../schemas/problem.ts';

const problemKind = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    retryable: z.boolean(),
    meaning: z.string(),
  })
  .meta({ id: 'ProblemType', description: 'What a problem’s `type` means.' });

export const getProblem = endpoint({
  method: 'get',
  path: '/problems/{name}',
  operationId: 'getProblemType',
  tag: 'Operations',
  access: 'open',
  summary: 'Read what a problem type means',
  params: z.object({ name: z.enum(problemNames) }),
  unknown: 'unknown-problem',
  withoutDatabase: true,
  responses: {
    200: {
      description: 'What it means.',
      body: problemKind,
      example: { type: problemType('invalid-input'), ...problems['invalid-input'] },
    },
  },
  problems: ['unknown-problem'],
  async handle({ params }) {
    return { status: 200, body: { type: problemType(params.name), ...problems[params.name] } };
  },
});
