import { cleanup } from './cleanup/type.ts';
import { dailySummary } from './daily-summary/type.ts';
import type { JobType } from './job-type.ts';
import { summaryMail } from './summary-mail/type.ts';
import { weeklySummary } from './weekly-summary/type.ts';

/** Every kind of jobs that this release knows; handlers.ts has what does their work. */
export const jobTypes: readonly JobType[] = [cleanup, dailySummary, summaryMail, weeklySummary];
