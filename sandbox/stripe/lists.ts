import { z } from 'zod';
import { invalidRequest, resourceMissing } from './errors.ts';
import { expand, integer } from './params.ts';

const range = z.strictObject({ gt: integer, gte: integer, lt: integer, lte: integer }).partial();

/** What every list takes. */
export const listParams = {
  created: z
    .union([integer.transform((at): z.output<typeof range> => ({ gte: at, lte: at })), range])
    .optional(),
  ending_before: z.string().optional(),
  expand,
  limit: integer.default(10),
  starting_after: z.string().optional(),
};

type Page = z.output<z.ZodObject<typeof listParams>>;

const maxLimit = 100;

/** A page of objects, newest first. */
export function listOf<T extends { id: string; object: string; created: number }>(
  url: string,
  all: ReadonlyMap<string, T>,
  { created = {}, limit, starting_after: after, ending_before: before }: Page,
  matches: (item: T) => boolean,
): object {
  if (limit < 1 || limit > maxLimit) {
    throw invalidRequest(`Invalid integer: limit must be between 1 and ${maxLimit}`, { param: 'limit' });
  }
  const newestFirst = [...all.values()].toReversed();
  const start = after === undefined ? 0 : positionOf(newestFirst, after, 'starting_after') + 1;
  const end = before === undefined ? newestFirst.length : positionOf(newestFirst, before, 'ending_before');
  const found = newestFirst
    .slice(start, end)
    .filter((item) => within(item.created, created) && matches(item));
  const data = before === undefined ? found.slice(0, limit) : found.slice(-limit);
  return { object: 'list', url, has_more: found.length > limit, data };
}

function within(at: number, { gt, gte, lt, lte }: z.output<typeof range>): boolean {
  return (
    (gt === undefined || at > gt) &&
    (gte === undefined || at >= gte) &&
    (lt === undefined || at < lt) &&
    (lte === undefined || at <= lte)
  );
}

function positionOf(items: readonly { id: string; object: string }[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw resourceMissing(items[0]?.object ?? 'object', id, param, 400);
  return position;
}
