import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';

export const openApi = endpoint({
  method: 'get',
  path: '/openapi.json',
  operationId: 'getOpenApiDocument',
  tag: 'Operations',
  access: 'open',
  summary: 'This document',
  withoutDatabase: true,
  responses: {
    200: { description: 'OpenAPI 3.1.', body: z.looseObject({}), example: { openapi: '3.1.0' } },
  },
  problems: [],
  async handle(_request, { document }) {
    return { status: 200, body: document() };
  },
});
