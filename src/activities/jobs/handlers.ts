import type { RegisteredJob } from './job-handler.ts';

/** What does the work of each type of types.ts; only workers load it. */
export const registeredJobs: readonly RegisteredJob[] = [];
