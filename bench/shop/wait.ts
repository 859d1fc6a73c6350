import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 20;

/**
 * Looks until `found` gives something other than undefined, and gives that. Throws with what `found` said last when the
 * time is up.
 */
export async function until<Found>(
  what: string,
  timeoutMs: number,
  found: () => Promise<Found | undefined>,
  everyMs = pollMs,
): Promise<Found> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  while (performance.now() < deadline) {
    try {
      const result = await found();
      if (result !== undefined) return result;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await pause(everyMs);
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`, { cause: failure });
}
