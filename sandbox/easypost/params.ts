import type { z } from 'zod';
import { invalidField } from './errors.ts';

/** Reads what a call was given; throws EasyPost's 422 for the first thing that is wrong. */
export function readParams<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') || 'body';
  const blank = issue?.code === 'invalid_type' && (issue.input === undefined || issue.input === null);
  throw invalidField(field, blank || isMissing(given, issue?.path ?? []) ? 'cannot be blank' : 'is invalid');
}

function isMissing(given: unknown, path: readonly PropertyKey[]): boolean {
  const value = path.reduce<unknown>(
    (node, segment) => (typeof node === 'object' && node !== null ? Reflect.get(node, segment) : undefined),
    given,
  );
  return value === undefined || value === null;
}
