import { z } from 'zod';

/** On every answer to a request that may carry an `Idempotency-Key`. */
export const replayHeaders = z.object({
  'Idempotent-Replay': z
    .literal('true')
    .optional()
    .meta({ description: 'The stored answer to the first request with this key.' }),
});

/** On an answer that has something done behind it, which `Location` tells of. */
export function acceptedHeaders(exampleLocation: string) {
  return replayHeaders.extend({
    Location: z.string().meta({ example: exampleLocation }),
    'Retry-After': z.string().meta({ description: 'When to ask first how it is, in seconds.', example: '1' }),
  });
}
