import { z } from 'zod';
import { defineJobType } from '../job-type.ts';
import { day, mailTo, timeZone } from '../summary/input.ts';
import { summaryRules } from '../summary/rules.ts';

/** What was sold on a day of a place: added up, drawn, and mailed. */
export const dailySummary = defineJobType({
  ...summaryRules,
  name: 'daily-summary',
  summary: 'Adds up a day of a place, draws it as a PDF and mails that.',
  input: z.strictObject({ day, timeZone, mailTo }),
});
