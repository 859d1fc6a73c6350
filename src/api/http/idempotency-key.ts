import { createHash } from 'node:crypto';
import { parseItem } from 'structured-headers';
import { Problem } from '../problems/errors.ts';
import { maxIdempotencyKeyCharacters } from '../limits.ts';

/** Bare: visible ASCII without what delimits in a header: quotes, comma, semicolon, backslash. */
const bareKey = /^[!#-+\--:<-[\]-~]+$/;

/**
 * The key in an `Idempotency-Key` header, quoted (a structured header's string) or bare; null where there is none.
 * Throws a `malformed-idempotency-key` problem.
 */
export function parseIdempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  const key =
    typeof header === 'string' ? (header.startsWith('"') ? quoted(header) : bare(header)) : undefined;
  if (key === undefined || key.length === 0 || key.length > maxIdempotencyKeyCharacters) {
    throw new Problem('malformed-idempotency-key');
  }
  return key;
}

function bare(header: string): string | undefined {
  return bareKey.test(header) ? header : undefined;
}

function quoted(header: string): string | undefined {
  try {
    const [value] = parseItem(header);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A hash of what was asked: the route and the body as parsed, whatever the order of its members and its white space. */
export function requestHash(route: string, body: unknown): Buffer {
  return createHash('sha256').update(route).update('\n').update(canonicalJson(body)).digest();
}

/** One text for all texts that mean the same JSON. `value` is valid input, so its depth is bounded. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
