import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  dayAt,
  instantOf,
  instantsOf,
  isDay,
  isTimeZone,
  startOfDay,
  wallTimeAt,
} from '../../src/domain/local-time.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Kathmandu',
];

test.each(['Europe/Berlin', 'UTC', 'Asia/Kolkata', 'Etc/UTC'])('takes %s for a time zone', (name) => {
  expect(isTimeZone(name)).toBe(true);
});

test.each(['europe/berlin', 'Berlin', '+01:00', '', 'CET+1', 'Europe/Berlin '])(
  'takes %j for none',
  (name) => {
    expect(isTimeZone(name)).toBe(false);
  },
);

test.each(['1970-01-01', '2024-02-29', '9998-12-31'])('takes %s for a day', (text) => {
  expect(isDay(text)).toBe(true);
});

test.each([
  '1969-12-31',
  '9999-12-31',
  '0000-01-01',
  '-000001-01-01',
  '-271821-04-19',
  '+010000-01-01',
  '2026-02-29',
  '2026-1-1',
  '2026-01-01T00:00',
  '',
])('takes %j for none', (text) => {
  expect(isDay(text)).toBe(false);
});

test('finds no moment for a time that the clocks skip, and two for one that they repeat', () => {
  expect(instantsOf('2026-03-29T02:00', 'Europe/Berlin')).toEqual([]);
  expect(instantsOf('2026-10-25T02:00', 'Europe/Berlin')).toEqual([
    new Date('2026-10-25T00:00:00Z'),
    new Date('2026-10-25T01:00:00Z'),
  ]);
  expect(instantsOf('2026-03-30T02:00', 'Europe/Berlin')).toEqual([new Date('2026-03-30T00:00:00Z')]);
});

test.each([
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-03-08T02:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
  ['2026-11-01T01:00', 'America/New_York', '2026-11-01T05:00:00.000Z'],
  ['2026-10-04T02:00', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
  ['2011-12-30T02:00', 'Pacific/Apia', '2011-12-30T12:00:00.000Z'],
])('%s in %s stands for %s', (wallTime, zone, instant) => {
  expect(instantOf(wallTime, zone).toISOString()).toBe(instant);
});

function hours(day: string, zone: string): number {
  return (startOfDay(addDays(day, 1), zone).getTime() - startOfDay(day, zone).getTime()) / 3_600_000;
}

test('a day begins with the first time that it has, and is 23 or 25 hours where the clocks are changed', () => {
  expect(hours('2026-03-29', 'Europe/Berlin')).toBe(23);
  expect(hours('2026-10-25', 'Europe/Berlin')).toBe(25);
  expect(hours('2026-10-04', 'Australia/Lord_Howe')).toBe(23.5);
  expect(hours('2011-12-30', 'Pacific/Apia')).toBe(0);
  // There is no midnight in Cairo on this day.
  expect(wallTimeAt(startOfDay('2026-04-24', 'Africa/Cairo'), 'Africa/Cairo')).toBe('2026-04-24T01:00');
});

test('every moment lies within the day that it is said to be of', () => {
  const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), (at, zone) => {
      const day = dayAt(at, zone);
      expect(startOfDay(day, zone).getTime()).toBeLessThanOrEqual(at.getTime());
      expect(startOfDay(addDays(day, 1), zone).getTime()).toBeGreaterThan(at.getTime());
      expect(instantsOf(wallTimeAt(at, zone), zone).map(Number)).toContain(
        Math.floor(at.getTime() / 60_000) * 60_000,
      );
    }),
  );
});
