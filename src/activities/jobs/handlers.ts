import { cleanupJob } from './cleanup/handler.ts';
import { dailySummaryJob } from './daily-summary/handler.ts';
import type { RegisteredJob } from './job-handler.ts';
import { summaryMailJob } from './summary-mail/handler.ts';
import { weeklySummaryJob } from './weekly-summary/handler.ts';

/** What does the work of each type of types.ts; only workers load it. */
export const registeredJobs: readonly RegisteredJob[] = [
  cleanupJob,
  dailySummaryJob,
  summaryMailJob,
  weeklySummaryJob,
];
