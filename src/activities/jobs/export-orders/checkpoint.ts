import { z } from 'zod';
import { giveUpObjects, renewObjects } from '../../../db/loose-objects.ts';
import type { Db } from '../../../db/pool.ts';

const checkpoint = z.object({
  /** Orders from then on are in no part, whichever attempt writes it. */
  asOf: z.iso.datetime().transform((text) => new Date(text)),
  total: z.int().nullable(),
  rows: z.int(),
  /** The parts that are whole, in their order. */
  parts: z.array(z.string()),
  /** The last order in them. */
  end: z.object({ createdMicros: z.int(), id: z.uuid() }),
});

/** How far an export has come, as it is kept. */
export type Checkpoint = z.output<typeof checkpoint>;

/**
 * Where to go on, with parts that stay for as long as an attempt may take. Null where nothing has been kept, where another
 * release has kept something else, and where a part has had its time, after a long pause: it is then begun anew.
 */
export async function readCheckpoint(db: Db, kept: unknown): Promise<Checkpoint | null> {
  const { data: read } = checkpoint.safeParse(kept);
  if (!read) return null;
  if (await renewObjects(db, read.parts)) return read;
  await giveUpObjects(db, read.parts);
  return null;
}
