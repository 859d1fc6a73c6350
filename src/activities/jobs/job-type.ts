import type { z } from 'zod';
import type { JobRules } from '../../domain/job-type.ts';

/**
 * One kind of jobs as the API and the workers know it: `src/activities/jobs/<name>/type.ts`. It imports nothing that only a
 * handler needs.
 */
export interface JobType<Input = unknown> extends JobRules<Input> {
  /** What `POST /jobs` takes as its `input`. What it gives is kept as JSON and read by it again before each attempt. */
  readonly input: z.ZodType<Input>;
  /** For the API's document: what it does, in a sentence. */
  readonly summary: string;
}

/** Infers the input from its schema: `export const exportOrders = defineJobType({ name: 'export-orders', … })`. */
export function defineJobType<Input>(type: JobType<Input>): JobType<Input> {
  return type;
}
