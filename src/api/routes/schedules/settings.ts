import { z } from 'zod';
import { isOnceADay } from '../../../domain/cron.ts';
import type { ScheduleSettings } from '../../../domain/schedule.ts';
import { jobOfTick, timetableOf, type ScheduledType } from '../../../domain/scheduled-type.ts';
import { nextTicks } from '../../../domain/ticks.ts';
import type { InputError } from '../../problems/errors.ts';
import { pointerTo } from '../../problems/pointer.ts';
import type { newSettings } from '../../schemas/schedule.ts';

/** The settings as they are kept. */
export function settingsFrom(body: z.output<typeof newSettings>): ScheduleSettings {
  const { cron, timeZone, overlap, catchUpSeconds, skipDates, input } = body;
  return {
    cron,
    timeZone,
    overlap,
    catchUpMs: catchUpSeconds * 1_000,
    skipDates: [...new Set(skipDates)].toSorted(),
    input,
  };
}

/** What is wrong with settings beyond their form, for jobs of this type. */
export function settingsErrors(scheduled: ScheduledType, settings: ScheduleSettings): InputError[] {
  const errors: InputError[] = [];
  if (scheduled.unit === 'local_date' && !isOnceADay(settings.cron))
    errors.push({
      pointer: '#/cron',
      detail: 'must name one time of the day: there is one job for each day',
    });
  const [tick] = nextTicks(timetableOf(scheduled, { ...settings, skipDates: [] }), new Date(), 1);
  if (!tick) return [...errors, { pointer: '#/cron', detail: 'names no time that is still to come' }];
  for (const name of Object.keys(scheduled.inputOf(tick, settings))) {
    if (name in settings.input)
      errors.push({ pointer: pointerTo(['input', name]), detail: 'follows from the tick and cannot be set' });
  }
  return [...errors, ...inputErrors(scheduled, jobOfTick(scheduled, tick, settings).input)];
}

/** What the type of the jobs says of the input that they would have. */
function inputErrors({ rules }: ScheduledType, input: unknown): InputError[] {
  try {
    rules.input.parse(input);
    return [];
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return error.issues.map(({ path, message }) => ({
      pointer: pointerTo(['input', ...path]),
      detail: message,
    }));
  }
}
