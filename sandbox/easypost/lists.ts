import { z } from 'zod';
import { notFound } from './errors.ts';
import { readParams } from './params.ts';

const page = z.object({
  before_id: z.string().optional(),
  after_id: z.string().optional(),
  start_datetime: z.string().optional(),
  end_datetime: z.string().optional(),
  page_size: z.coerce.number().int().min(1).max(100).default(20),
});

/** A page, newest first, with `has_more`. */
export function pageOf<T extends { id: string; created_at: string }>(
  all: Iterable<T>,
  query: unknown,
  matches: (item: T) => boolean,
): { items: T[]; hasMore: boolean } {
  const {
    before_id: before,
    after_id: after,
    start_datetime: from,
    end_datetime: until,
    page_size: size,
  } = readParams(page, query);
  const newestFirst = [...all].toReversed();
  const start = before === undefined ? 0 : positionOf(newestFirst, before) + 1;
  const end = after === undefined ? newestFirst.length : positionOf(newestFirst, after);
  const found = newestFirst
    .slice(start, end)
    .filter(
      (item) =>
        matches(item) &&
        (from === undefined || Date.parse(item.created_at) >= Date.parse(from)) &&
        (until === undefined || Date.parse(item.created_at) <= Date.parse(until)),
    );
  const items = after === undefined ? found.slice(0, size) : found.slice(-size);
  return { items, hasMore: found.length > size };
}

function positionOf(items: readonly { id: string }[], id: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw notFound();
  return position;
}
