import { createHash } from 'node:crypto';
import { Problem } from '../problems/errors.ts';

/** What a request may ask of the thing it is about (RFC 9110, 13.1): `*`, or one of these strong entity tags. */
export type IfMatch = '*' | readonly string[];

interface EntityTag {
  /** With its quotes. */
  readonly opaque: string;
  readonly weak: boolean;
}

const entityTag = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/;
const listOfTags = new RegExp(`^\\s*(?:${entityTag.source}\\s*(?:,\\s*|$))+$`);

/** The strong entity tag of a body as it is sent: the same only for the same bytes. */
export function etagOf(body: string | Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url')}"`;
}

/** Reads `If-Match`; null where there is none. Throws a `malformed-precondition` problem. */
export function parseIfMatch(header: string | undefined): IfMatch | null {
  if (header === undefined) return null;
  const tags = parseTags(header);
  if (tags === undefined) throw new Problem('malformed-precondition');
  // A weak tag never matches here: the comparison is the strong one.
  return tags === '*' ? '*' : tags.filter(({ weak }) => !weak).map(({ opaque }) => opaque);
}

/**
 * Throws a `precondition-failed` problem unless the body is still one that the request has asked for. Null stands for a thing
 * that is not there, which matches nothing.
 */
export function assertMatches(ifMatch: IfMatch | null, body: unknown): void {
  if (ifMatch === null) return;
  if (body !== null && (ifMatch === '*' || ifMatch.includes(etagOf(JSON.stringify(body))))) return;
  throw new Problem('precondition-failed');
}

/** Whether `If-None-Match` names the tag, so that the client has the body already. What cannot be read names nothing. */
export function hasAlready(header: string | undefined, etag: string): boolean {
  const tags = header === undefined ? undefined : parseTags(header);
  if (tags === undefined) return false;
  return tags === '*' || tags.some(({ opaque }) => opaque === etag);
}

function parseTags(header: string): '*' | EntityTag[] | undefined {
  if (header.trim() === '*') return '*';
  if (!listOfTags.test(header)) return undefined;
  const each = new RegExp(entityTag.source, 'g');
  return [...header.matchAll(each)].map(([, weak, opaque = '']) => ({ opaque, weak: weak !== undefined }));
}
