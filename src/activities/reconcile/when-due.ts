import type { Pool } from 'pg';
import * as cursors from '../../db/reconciler-cursors.ts';

/** A look that has died with its process is taken up again after this long. */
const longestLookMs = 3 * 60 * 1_000;

/**
 * Does a look that goes through whole tables, unless one has been done lately: it rests `restFactor` times as long as it
 * took, so that it stays a small part of the database's work however large the tables grow.
 */
export async function whenDue(
  pool: Pool,
  name: string,
  restFactor: number,
  look: () => Promise<void>,
): Promise<void> {
  if (!(await cursors.claimLook(pool, name, longestLookMs))) return;
  const began = performance.now();
  let restMs = 0;
  try {
    await look();
    restMs = Math.round((performance.now() - began) * restFactor);
  } finally {
    await cursors.rest(pool, name, restMs);
  }
}
