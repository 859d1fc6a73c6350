import { z } from 'zod';

/** On every answer to a request that may carry an `Idempotency-Key`. */
export const replayHeaders = z.object({
  'Idempotent-Replay': z
    .literal('true')
    .optional()
    .meta({ description: 'The stored answer to the first request with this key.' }),
});
