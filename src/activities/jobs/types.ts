import { bulkOperation } from './bulk-operation/type.ts';
import type { JobType } from './job-type.ts';

/** Every kind of jobs that this release knows; handlers.ts has what does their work. */
export const jobTypes: readonly JobType[] = [bulkOperation];
