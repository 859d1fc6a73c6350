import { expect, test } from 'vitest';
import { dailySummary } from '../../src/activities/jobs/daily-summary/type.ts';
import { builtInSchedules, scheduledTypes } from '../../src/activities/jobs/schedules.ts';
import { weeklySummary } from '../../src/activities/jobs/weekly-summary/type.ts';
import { jobOfTick, scheduledType, timetableOf } from '../../src/domain/scheduled-type.ts';
import { nextTicks } from '../../src/domain/ticks.ts';

test.each(builtInSchedules('Europe/Berlin').map((schedule) => [schedule.id, schedule] as const))(
  'the first tick of %s gives an input that its type takes',
  (_id, { jobType, settings }) => {
    const scheduled = scheduledTypes.find(({ rules }) => rules.name === jobType);
    if (!scheduled) throw new Error(`nothing makes jobs of type ${jobType}`);
    const [tick] = nextTicks(timetableOf(scheduled, settings), new Date(), 1);
    if (!tick) throw new Error('it is never due');
    const { rules, input } = jobOfTick(scheduled, tick, settings);
    expect(rules.input.parse(input)).toMatchObject(input);
  },
);

test('what a tick gives is held by the compiler to what the type takes', () => {
  const unit = 'local_date';
  // @ts-expect-error -- It takes a `day`.
  scheduledType({ rules: dailySummary, unit, inputOf: ({ key }) => ({ date: key }) });
  // @ts-expect-error -- It takes no `date` beside it.
  scheduledType({ rules: dailySummary, unit, inputOf: ({ key }) => ({ day: key, date: key }) });
  // @ts-expect-error -- A day is a text.
  scheduledType({ rules: dailySummary, unit, inputOf: ({ dueAt }) => ({ day: dueAt }) });
  const { inputOf } = scheduledType({ rules: dailySummary, unit, inputOf: ({ key }) => ({ day: key }) });
  const [schedule] = builtInSchedules('UTC');
  const tick = { key: '2026-01-15', dueAt: new Date() };
  expect(schedule && inputOf(tick, schedule.settings)).toEqual({ day: '2026-01-15' });
});

test.each(['0000-01-01', '0000-01-03', '9999-12-27', '-000001-04-20', 'none', ''])(
  'no summary is of %j, which is no day that can be kept',
  (day) => {
    const timeZone = 'UTC';
    expect(dailySummary.input.safeParse({ day, timeZone }).error?.issues).toMatchObject([{ path: ['day'] }]);
    expect(weeklySummary.input.safeParse({ monday: day, timeZone }).error?.issues).toMatchObject([
      { path: ['monday'] },
    ]);
  },
);
