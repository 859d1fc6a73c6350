import { bulkOperation } from './bulk-operation/type.ts';
import { cleanup } from './cleanup/type.ts';
import { dailySummary } from './daily-summary/type.ts';
import { exportOrders } from './export-orders/type.ts';
import { followUpMail } from './follow-up-mail/type.ts';
import type { JobType } from './job-type.ts';
import { summaryMail } from './summary-mail/type.ts';
import { thumbnails } from './thumbnails/type.ts';
import { trackRegistration } from './track-registration/type.ts';
import { weeklySummary } from './weekly-summary/type.ts';
import { welcomeMail } from './welcome-mail/type.ts';

/** Every kind of jobs that this release knows; handlers.ts has what does their work. */
export const jobTypes: readonly JobType[] = [
  bulkOperation,
  cleanup,
  dailySummary,
  exportOrders,
  followUpMail,
  summaryMail,
  thumbnails,
  trackRegistration,
  weeklySummary,
  welcomeMail,
];
