import { z } from 'zod';
import { jobId } from '../../schemas/job.ts';

/** The path of everything about one job. */
export const jobParams = z.object({ id: jobId });
