import { endpoint } from '../../endpoint.ts';
import { exampleEncryptedPayloads, examplePlainPayloads, payloads } from '../../schemas/payload.ts';
import { convert } from './convert.ts';

export const encodePayloads = endpoint({
  method: 'post',
  path: '/codec/encode',
  operationId: 'encodePayloads',
  tag: 'Operations',
  access: 'ops',
  crossOrigin: true,
  summary: 'Encrypt payloads for Temporal',
  description:
    'Temporal’s remote codec, for what people send from the Temporal Web UI or its CLI. Encrypts with the active key; without one the payloads come back as they are. 404 where payloads are not encrypted.',
  body: payloads,
  bodyExample: examplePlainPayloads,
  responses: {
    200: {
      description: 'The payloads as they go to Temporal.',
      body: payloads,
      example: exampleEncryptedPayloads,
    },
  },
  problems: ['not-found'],
  handle: async ({ body }, context) => convert(context, 'encode', body),
});
