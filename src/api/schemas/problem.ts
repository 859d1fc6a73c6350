import { z } from 'zod';
import { isProblemName, problems, problemType } from '../problems/errors.ts';

export const problemNames = Object.keys(problems).filter(isProblemName);

/** The body of every answer that is no success (RFC 9457, `application/problem+json`). */
export const problem = z
  .strictObject({
    type: z.string().meta({
      description: `Stable, and readable at this path: ${problemNames.map((name) => `\`${problemType(name)}\``).join(', ')}.`,
      example: problemType('invalid-input'),
    }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The path that was asked for.' }),
    traceId: z.string().meta({ description: 'Finds the request in the log.' }),
    retryable: z.boolean().meta({ description: 'Whether the same request may go through later, unchanged.' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({
            description: 'A JSON Pointer as a URI fragment (RFC 6901, section 6).',
            example: '#/items/0/quantity',
          }),
          detail: z.string(),
          in: z.literal('query').optional().meta({ description: 'Absent for the body.' }),
        }),
      )
      .optional()
      .meta({ description: 'All that is wrong with the input, up to a hundred errors.' }),
  })
  .meta({ id: 'Problem', description: 'What went wrong, by RFC 9457.' });
