import { z } from 'zod';

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

/** Null where nothing has been kept, and where another release has kept something else: it is then begun anew. */
export function readCheckpoint(kept: unknown): Checkpoint | null {
  return checkpoint.safeParse(kept).data ?? null;
}
