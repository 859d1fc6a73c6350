import { registerJob } from '../job-handler.ts';
import { makeAndMail } from '../summary/make.ts';
import { weeklySummary } from './type.ts';

export const weeklySummaryJob = registerJob(weeklySummary, (run, ctx) => {
  const { monday, timeZone } = run.input;
  return makeAndMail(run, ctx, { period: 'week', firstDay: monday, timeZone });
});
