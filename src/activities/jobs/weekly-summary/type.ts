import { z } from 'zod';
import { weekdayOf } from '../../../domain/local-time.ts';
import { defineJobType } from '../job-type.ts';
import { day, mailTo, timeZone } from '../summary/input.ts';
import { summaryRules } from '../summary/rules.ts';

/** The same of a week, from Monday to Sunday. */
export const weeklySummary = defineJobType({
  ...summaryRules,
  name: 'weekly-summary',
  summary: 'Adds up a week of a place, draws it as a PDF and mails that.',
  input: z.strictObject({
    monday: day.refine((text) => weekdayOf(text) === 1, 'must be a Monday').meta({ example: '2026-01-12' }),
    timeZone,
    mailTo,
  }),
});
