import type { ClaimedEntry } from '../db/outbox-queue.ts';

/** Which way an entry came to its delivery: straight from its commit, or found in the outbox. */
export type Path = 'direct' | 'poll';

/** An entry that this process has in hand; `takenUpAt` is on the clock of `performance.now()`. */
export interface Work<Entry extends ClaimedEntry = ClaimedEntry> {
  readonly entry: Entry;
  readonly path: Path;
  readonly takenUpAt: number;
}

export function takeInHand<Entry extends ClaimedEntry>(entry: Entry, path: Path): Work<Entry> {
  return { entry, path, takenUpAt: performance.now() };
}

/** Since the entry's commit, in whole milliseconds. */
export function ageMs({ entry, takenUpAt }: Work): number {
  return Math.round(entry.ageMs + performance.now() - takenUpAt);
}
