import * as fc from 'fast-check';
import { Cron } from 'croner';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { addDays, dayAt, instantsOf, startOfDay } from '../../src/domain/local-time.ts';
import {
  lastTick,
  nextTicks,
  tickAt,
  tickNamed,
  ticksBetween,
  ticksOfDays,
  type Timetable,
} from '../../src/domain/ticks.ts';

const at = (text: string): Date => new Date(text);

function daily(timeZone: string, changes: Partial<Timetable> = {}): Timetable {
  return { cron: '0 2 * * *', timeZone, skipDates: [], unit: 'local_date', ...changes };
}

const keys = (ticks: readonly { key: string }[]): string[] => ticks.map(({ key }) => key);

describe('a schedule for each day there', () => {
  test.each([
    // The clocks skip 02:00; it is made up for as soon as there is a time again.
    ['Europe/Berlin', '2026-03-28', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', '2026-03-07', '2026-03-08T07:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-03', '2026-10-03T15:30:00.000Z'],
    // They show 02:00 twice; the first time counts.
    ['Europe/Berlin', '2026-10-24', '2026-10-25T00:00:00.000Z'],
    // They show 01:00 twice, and 02:00 once, 25 hours after the day before's.
    ['America/New_York', '2026-10-31', '2026-11-01T07:00:00.000Z'],
  ])('in %s is due once on the day after %s, and once on the days around it', (zone, before, dueAt) => {
    const ticks = ticksBetween(
      daily(zone),
      startOfDay(before, zone),
      startOfDay(addDays(before, 3), zone),
      9,
    );
    expect(keys(ticks)).toEqual([before, addDays(before, 1), addDays(before, 2)]);
    expect(ticks[1]?.dueAt.toISOString()).toBe(dueAt);
  });

  test('has a tick for every day of every zone, in order, and none twice', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Antarctica/Troll',
      'Africa/Cairo',
      'Pacific/Apia',
      'America/Asuncion',
    ];
    const time = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }));
    const days = fc.integer({ min: 0, max: 5_000 }).map((count) => addDays('2010-01-01', count));
    fc.assert(
      fc.property(time, days, fc.constantFrom(...zones), ([minute, hour], from, timeZone) => {
        const table = daily(timeZone, { cron: `${minute} ${hour} * * *` });
        const wanted = Array.from({ length: 10 }, (_, index) => addDays(from, index));
        const after = new Date(startOfDay(from, timeZone).getTime() - 1);
        const ticks = ticksBetween(table, after, startOfDay(addDays(from, 10), timeZone), 20);
        // A day that is not there at all, as on the date line, is due with the day after it.
        expect(keys(ticks).filter((key) => wanted.includes(key))).toEqual(wanted);
        const times = ticks.map(({ dueAt }) => dueAt.getTime());
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  test('is called by the day there, however late or early it is called', () => {
    expect(tickAt(daily('Europe/Berlin'), at('2026-06-30T22:30:00Z')).key).toBe('2026-07-01');
    expect(tickAt(daily('America/New_York'), at('2026-07-01T03:59:00Z')).key).toBe('2026-06-30');
  });

  test('leaves out holidays, and knows them when they are called by name', () => {
    const table = daily('Europe/Berlin', { skipDates: ['2026-12-25', '2026-12-26'] });
    expect(keys(nextTicks(table, at('2026-12-24T12:00:00Z'), 2))).toEqual(['2026-12-27', '2026-12-28']);
    expect(tickNamed(table, '2026-12-25')?.dueAt).toEqual(at('2026-12-25T01:00:00Z'));
  });

  test('knows its own days only', () => {
    const weekly = daily('Europe/Berlin', { cron: '0 3 * * MON' });
    expect(tickNamed(weekly, '2026-06-01')?.key).toBe('2026-06-01');
    for (const name of ['2026-06-02', '2026-06-31', '2026-6-1', '2026-06-01T01:00Z', ''])
      expect(tickNamed(weekly, name)).toBeNull();
    expect(lastTick(weekly, at('2026-06-03T00:00:00Z'))?.key).toBe('2026-06-01');
    expect(keys(ticksOfDays(weekly, '2026-06-01', '2026-06-15', 9))).toEqual([
      '2026-06-01',
      '2026-06-08',
      '2026-06-15',
    ]);
  });
});

/** How often the cron line is asked for a time. */
function looksOf(work: () => unknown): number {
  const spies = [vi.spyOn(Cron.prototype, 'nextRun'), vi.spyOn(Cron.prototype, 'previousRuns')];
  for (const spy of spies) spy.mockClear();
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  work();
  return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

describe('adjoining holidays', () => {
  const everyMinute = daily('Europe/Berlin', {
    cron: '* * * * *',
    unit: 'minute',
    skipDates: Array.from({ length: 200 }, (_, index) => addDays('2026-01-01', index)),
  });

  test('cost one look each, and not one for each of their minutes', () => {
    const [first] = nextTicks(everyMinute, at('2025-12-31T23:30:00Z'), 1);
    expect(first?.key).toBe('2026-07-19T22:00Z');
    // Beside the days, the minutes by which clocks can be off, both ways.
    expect(looksOf(() => nextTicks(everyMinute, at('2025-12-31T23:30:00Z'), 5))).toBeLessThan(200 + 600);
    expect(looksOf(() => lastTick(everyMinute, at('2026-07-19T12:00:00Z')))).toBeLessThan(200 + 600);
    expect(looksOf(() => ticksOfDays(everyMinute, '2026-01-01', '2026-07-19', 400))).toBeLessThan(200 + 10);
  });

  test('lie between the tick that was due last and the next one', () => {
    expect(lastTick(everyMinute, at('2026-07-19T12:00:00Z'))?.key).toBe('2025-12-31T22:59Z');
    expect(keys(ticksOfDays(everyMinute, '2026-01-01', '2026-07-19', 400))).toEqual([]);
  });
});

describe('the tick that was due last', () => {
  const table = daily('Europe/Berlin', { cron: '0 * * * *', unit: 'minute' });

  test.each([
    ['2026-10-25T01:30:00Z', '2026-10-25T01:00Z'],
    ['2026-10-25T00:59:59Z', '2026-10-25T00:00Z'],
    ['2026-03-29T01:00:00Z', '2026-03-29T01:00Z'],
    ['2026-03-29T00:59:59Z', '2026-03-29T00:00Z'],
  ])('at %s is %s', (until, key) => {
    expect(lastTick(table, at(until))?.key).toBe(key);
  });

  test('is none that is older than a year', () => {
    const yearly = { ...table, cron: '0 0 29 2 *' };
    expect(lastTick(yearly, at('2025-02-28T00:00:00Z'))?.key).toBe('2024-02-28T23:00Z');
    expect(lastTick(yearly, at('2025-03-15T00:00:00Z'))).toBeNull();
  });

  test('is found as it is by walking through all before it', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'];
    const lines = ['*/7 * * * *', '30 1-3 * * *', '15 2 * * MON-FRI', '0 0 1 * *'];
    const moments = fc.date({ min: at('2011-12-01'), max: at('2026-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), fc.constantFrom(...lines), (until, timeZone, cron) => {
        const one = { ...table, timeZone, cron };
        const after = new Date(until.getTime() - 8 * 24 * 60 * 60 * 1_000);
        const walked = ticksBetween(one, after, until, 10_000).at(-1);
        expect(walked ?? lastTick(one, until)).toEqual(lastTick(one, until));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a schedule by the minute', () => {
  const table: Timetable = { ...daily('Europe/Berlin'), cron: '0 * * * *', unit: 'minute' };

  test('has no tick for an hour that the clocks skip, and two for one that they repeat', () => {
    const spring = ticksBetween(table, at('2026-03-28T23:30:00Z'), at('2026-03-29T02:30:00Z'), 9);
    expect(keys(spring)).toEqual(['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z']);
    const autumn = ticksBetween(table, at('2026-10-24T23:30:00Z'), at('2026-10-25T02:30:00Z'), 9);
    expect(keys(autumn)).toEqual(['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z']);
    const literally = { ...table, cron: '0 2 * * *' };
    expect(ticksBetween(literally, at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'), 9)).toEqual([]);
    expect(keys(ticksBetween(literally, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'), 9))).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T01:00Z',
    ]);
  });

  test('ends a span with the moment that is asked for, and begins it after the other', () => {
    const from = at('2026-01-15T10:00:00Z');
    expect(keys(ticksBetween(table, from, at('2026-01-15T12:00:00Z'), 9))).toEqual([
      '2026-01-15T11:00Z',
      '2026-01-15T12:00Z',
    ]);
    expect(ticksBetween(table, from, at('2026-02-15T12:00:00Z'), 3)).toHaveLength(3);
  });

  test('takes any minute by name, and nothing else', () => {
    expect(tickNamed(table, '2026-01-15T10:20Z')?.dueAt).toEqual(at('2026-01-15T10:20:00Z'));
    for (const name of [
      '0000-01-01T00:00Z',
      '9999-12-31T00:00Z',
      '2026-01-15T10:20:30Z',
      '2026-01-15',
      '2026-01-15T10:20+01:00',
      'now',
    ])
      expect(tickNamed(table, name)).toBeNull();
  });

  test('leaves out holidays by the days there', () => {
    const closed = { ...table, skipDates: ['2026-01-15'] };
    const [tick] = nextTicks(closed, at('2026-01-14T22:30:00Z'), 1);
    expect(tick?.dueAt).toEqual(at('2026-01-15T23:00:00Z'));
    expect(dayAt(tick?.dueAt ?? at(''), 'Europe/Berlin')).toBe('2026-01-16');
    expect(instantsOf('2026-01-16T00:00', 'Europe/Berlin')).toEqual([tick?.dueAt]);
  });
});
