import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';

export const livez = endpoint({
  method: 'get',
  path: '/livez',
  operationId: 'getLiveness',
  tag: 'Operations',
  access: 'unmetered',
  summary: 'Whether the process is alive',
  withoutDatabase: true,
  responses: {
    200: {
      description: 'It answers.',
      body: z.strictObject({ status: z.literal('alive') }),
      example: { status: 'alive' },
    },
  },
  problems: [],
  async handle() {
    return { status: 200, body: { status: 'alive' } } as const;
  },
});
