import { endpoint } from '../../endpoint.ts';
import { exampleEncryptedPayloads, examplePlainPayloads, payloads } from '../../schemas/payload.ts';
import { convert } from './convert.ts';

export const decodePayloads = endpoint({
  method: 'post',
  path: '/codec/decode',
  operationId: 'decodePayloads',
  tag: 'Operations',
  access: 'ops',
  crossOrigin: true,
  summary: 'Decrypt payloads of histories',
  description:
    'Temporal’s remote codec: with `/codec` as its codec endpoint the Temporal Web UI, whose origin may call this, and the Temporal CLI show what is encrypted in histories. What was never encrypted comes back as it is. 404 where payloads are not encrypted.',
  body: payloads,
  bodyExample: exampleEncryptedPayloads,
  responses: {
    200: { description: 'The payloads in clear.', body: payloads, example: examplePlainPayloads },
  },
  problems: ['not-found'],
  handle: async ({ body }, context) => convert(context, 'decode', body),
});
