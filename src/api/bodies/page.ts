import { z } from 'zod';
import { invalidInput, validate } from '../problems/invalid-input.ts';
import { defaultPageSize, maxPageSize } from '../limits.ts';

/** How much at once: a number in the query, which in the document is the number that it stands for. */
export function limitUpTo(max: number, byDefault: number) {
  const wrong = `must be a whole number from 1 to ${max}`;
  const override = ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
    delete jsonSchema['pattern'];
    Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: max, default: byDefault });
  };
  return z
    .string()
    .regex(/^[1-9]\d{0,2}$/, wrong)
    .transform(Number)
    .refine((limit) => limit <= max, wrong)
    .default(byDefault)
    .meta({ override });
}

/** The query of every list: where to go on, and how much at once. */
export const pageQuery = z.strictObject({
  cursor: z.string().max(200).optional().meta({ description: 'The `nextCursor` of the page before.' }),
  limit: limitUpTo(maxPageSize, defaultPageSize),
});

export const pageHeaders = z.object({
  Link: z.string().optional().meta({
    description: '`rel="next"` where there is a next page.',
    example: '</products?limit=50&cursor=TVVH>; rel="next"',
  }),
});

/** A cursor that says nothing to anybody else: where the next page goes on. */
export function cursorTo(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** What a cursor of ours holds; any other is invalid input. */
export function readCursor<S extends z.ZodType>(cursor: string, key: S): z.output<S> {
  const result = validate(key, Buffer.from(cursor, 'base64url').toString());
  if ('value' in result) return result.value;
  throw invalidInput([{ pointer: '#/cursor', detail: 'is none that a page has given', in: 'query' }]);
}
