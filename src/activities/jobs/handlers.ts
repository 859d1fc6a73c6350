import { carryOutBulk } from './bulk-operation/handler.ts';
import { bulkOperation } from './bulk-operation/type.ts';
import { registerJob, type RegisteredJob } from './job-handler.ts';

/** What does the work of each type of types.ts; only workers load it. */
export const registeredJobs: readonly RegisteredJob[] = [registerJob(bulkOperation, carryOutBulk)];
