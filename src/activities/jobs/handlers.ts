import { bulkOperationJob } from './bulk-operation/handler.ts';
import { cleanupJob } from './cleanup/handler.ts';
import { dailySummaryJob } from './daily-summary/handler.ts';
import { exportOrdersJob } from './export-orders/handler.ts';
import { followUpMailJob } from './follow-up-mail/handler.ts';
import type { RegisteredJob } from './job-handler.ts';
import { summaryMailJob } from './summary-mail/handler.ts';
import { thumbnailsJob } from './thumbnails/handler.ts';
import { trackRegistrationJob } from './track-registration/handler.ts';
import { weeklySummaryJob } from './weekly-summary/handler.ts';
import { welcomeMailJob } from './welcome-mail/handler.ts';

/** What does the work of each type of types.ts; only workers load it. */
export const registeredJobs: readonly RegisteredJob[] = [
  bulkOperationJob,
  cleanupJob,
  dailySummaryJob,
  exportOrdersJob,
  followUpMailJob,
  summaryMailJob,
  thumbnailsJob,
  trackRegistrationJob,
  weeklySummaryJob,
  welcomeMailJob,
];
