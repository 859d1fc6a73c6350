import { z } from 'zod';

/** The answer to a provider: what came is durable, and need not be sent again. */
export const taken = z
  .strictObject({
    received: z.literal(true),
    repeated: z.boolean().meta({ description: 'It has come before.' }),
  })
  .meta({ id: 'WebhookTaken' });
