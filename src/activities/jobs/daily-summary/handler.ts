import { registerJob } from '../job-handler.ts';
import { makeAndMail } from '../summary/make.ts';
import { dailySummary } from './type.ts';

export const dailySummaryJob = registerJob(dailySummary, (run, ctx) => {
  const { day, timeZone } = run.input;
  return makeAndMail(run, ctx, { period: 'day', firstDay: day, timeZone });
});
