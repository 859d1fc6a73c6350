import { z } from 'zod';
import { answersWithin } from '../../../db/answers.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { readyTimeoutMs, retryAfterUnavailableSeconds } from '../../limits.ts';

export const readyz = endpoint({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  tag: 'Operations',
  access: 'unmetered',
  summary: 'Whether the process takes requests',
  description:
    'Not while it is ending, nor while Postgres is away. Temporal away is no reason: orders are still accepted.',
  withoutDatabase: true,
  responses: {
    200: {
      description: 'It does.',
      body: z.strictObject({ status: z.literal('ready') }),
      example: { status: 'ready' },
    },
  },
  problems: ['not-ready'],
  async handle(_request, { pool, isDraining }) {
    if (isDraining()) throw notReady('The process is ending.');
    if (!(await answersWithin(pool, readyTimeoutMs))) throw notReady('Postgres does not answer.');
    return { status: 200, body: { status: 'ready' } } as const;
  },
});

function notReady(detail: string): Problem {
  return new Problem('not-ready', detail, {
    headers: { 'Retry-After': String(retryAfterUnavailableSeconds) },
  });
}
