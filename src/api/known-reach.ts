import { reachFreshMs } from './limits.ts';

/** What is known of whether something outside answers; it is looked at behind the answers that show it, never in their way. */
export interface KnownReach {
  /** Begins a look, unless one is under way or the last one is fresh. */
  look(): void;
  /** What the last look saw, and when; undefined before the first one has ended. */
  readonly last: { readonly isThere: boolean; readonly at: Date } | undefined;
}

export function createKnownReach(reach: () => Promise<boolean>, freshMs: number = reachFreshMs): KnownReach {
  let last: KnownReach['last'];
  let isLooking = false;
  let lookedAt = -Infinity;

  async function lookOnce(): Promise<void> {
    isLooking = true;
    last = { isThere: await reach(), at: new Date() };
    lookedAt = performance.now();
    isLooking = false;
  }

  return {
    look() {
      if (!isLooking && performance.now() - lookedAt > freshMs) void lookOnce();
    },
    get last() {
      return last;
    },
  };
}
