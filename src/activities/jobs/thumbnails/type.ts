import { z } from 'zod';
import { patientRetry } from '../../../domain/job-type.ts';
import { defineJobType } from '../job-type.ts';

const minute = 60 * 1_000;
const hour = 60 * minute;

/** The sizes of a photo. */
export const thumbnails = defineJobType({
  name: 'thumbnails',
  summary: 'Makes a photo’s sizes: 64, 128 and 256 pixels, as WebP.',
  input: z.strictObject({ photoId: z.uuid() }),
  queue: 'heavy',
  retry: patientRetry,
  attemptTimeoutMs: 5 * minute,
  deadlineMs: 6 * hour,
  concurrency: null,
  maxBacklog: 100_000,
  uniqueness: 'until_ended',
  short: false,
  fileLifetimeMs: null,
  offered: false,
});
