import type { z } from 'zod';
import { isOnceADay } from '../../../domain/cron.ts';
import type { ScheduleSettings } from '../../../domain/schedule.ts';
import { jobOfTick, timetableOf, type ScheduledType } from '../../../domain/scheduled-type.ts';
import { nextTicks } from '../../../domain/ticks.ts';
import type { ApiContext } from '../../api-context.ts';
import type { InputError } from '../../problems/errors.ts';
import { jobInputErrors } from '../../problems/job-input.ts';
import { pointerTo } from '../../problems/pointer.ts';
import { newSettings } from '../../schemas/schedule.ts';

/** The settings as they are kept. */
export function settingsFrom(body: Omit<z.output<typeof newSettings>, 'type'>): ScheduleSettings {
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

/** The type of a schedule's jobs: that which it has, or that which is asked for where it is new. */
export function askedType(
  asked: string | undefined,
  had: string | undefined,
  { scheduledTypes }: Pick<ApiContext, 'scheduledTypes'>,
): ScheduledType | undefined {
  return scheduledTypes.find(({ rules }) => rules.name === (had ?? asked));
}

/** What is wrong with a schedule beyond the form of its settings. */
export function scheduleErrors(
  { type: asked, ...body }: z.output<typeof newSettings>,
  had: string | undefined,
  context: Pick<ApiContext, 'scheduledTypes'>,
): InputError[] {
  const scheduled = askedType(asked, had, context);
  const ofSettings = scheduled ? settingsErrors(scheduled, settingsFrom(body)) : [];
  if (scheduled && (asked ?? scheduled.rules.name) === scheduled.rules.name) return ofSettings;
  const names = context.scheduledTypes.map(({ rules }) => rules.name);
  const detail = had
    ? `must be ${had} or be left out: the type of a schedule never changes`
    : `must be one of ${names.join(', ')}`;
  return [{ pointer: '#/type', detail }, ...ofSettings];
}

/** The same of a body whose form is wrong: of its members that are right, beside others that have no fault. */
export function furtherScheduleErrors(
  body: unknown,
  had: string | undefined,
  context: Pick<ApiContext, 'scheduledTypes'>,
): InputError[] {
  if (typeof body !== 'object' || body === null) return [];
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(body));
  const right = Object.entries(newSettings.shape)
    .filter(([name, schema]) => given.has(name) && schema.safeParse(given.get(name)).success)
    .map(([name]) => [name, given.get(name)]);
  const legible = newSettings.parse({ cron: '0 0 * * *', timeZone: 'UTC', ...Object.fromEntries(right) });
  return scheduleErrors(legible, had, context);
}

function settingsErrors(scheduled: ScheduledType, settings: ScheduleSettings): InputError[] {
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
  const { rules, input } = jobOfTick(scheduled, tick, settings);
  return [...errors, ...jobInputErrors(rules, input)];
}
