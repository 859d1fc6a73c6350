import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): unique, and sorted by the time it was made. Not for workflow code, which is deterministic. */
export function newId(): string {
  return v7();
}
