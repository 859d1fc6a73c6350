import { z } from 'zod';
import { jobId } from '../../schemas/job.ts';
import { deliveryParams } from '../webhook-endpoints/params.ts';

/** The path of everything about one job. */
export const jobParams = z.object({ id: jobId });

export const jobDeliveryParams = deliveryParams.extend(jobParams.shape);
