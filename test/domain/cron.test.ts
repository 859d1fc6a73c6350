import { expect, test } from 'vitest';
import { cronProblem, isOnceADay, wallTimesFrom } from '../../src/domain/cron.ts';

function first(line: string, from: string, count: number): string[] {
  const times: string[] = [];
  for (const time of wallTimesFrom(line, from)) if (times.push(time) === count) break;
  return times;
}

test.each([
  '0 2 * * *',
  '*/15 * * * *',
  '5-50/15 8-18 * * MON-FRI',
  '0 0 1 JAN,JUL *',
  '0,30 * 1-7 * *',
  '0 0 29 2 *',
  '0 2 * * SUN-SAT',
  '0 2 * * SAT,SUN',
])('takes %s', (line) => {
  expect(cronProblem(line)).toBeNull();
});

test.each([
  ['', 'five fields'],
  ['@daily', 'five fields'],
  ['0 2 * *', 'five fields'],
  ['0 0 2 * * *', 'five fields'],
  ['0  2 * * *', 'five fields'],
  ['0 2 L * *', 'five fields'],
  ['0 2 * * MON#2', 'five fields'],
  ['0 2 ? * *', 'five fields'],
  ['TZ=UTC 0 2 * * *', 'five fields'],
  ['60 2 * * *', 'times that there are'],
  ['0 24 * * *', 'times that there are'],
  ['0 0 30 2 *', 'times that there are'],
  ['0 20-4 * * *', 'times that there are'],
  ['0 0 * XYZ *', 'times that there are'],
  ['5/15 * * * *', 'times that there are'],
  ['0 2 1 * 1', 'leave the day of the month or the day of the week open'],
  ['0 2 * * 7', 'Sunday'],
  ['0 2 * * 5-7', 'Sunday'],
  ['0 2 * * SAT-SUN', 'write SAT,SUN'],
  ['0 2 * * FRI-SUN', 'write SAT,SUN'],
  ['0 2 * * WED-SUN/2', 'write SAT,SUN'],
  ['0 2 * * MON,SAT-SUN', 'write SAT,SUN'],
  ['0 2 * * SUN-SUN', 'write SAT,SUN'],
  ['0 2 * * 6-0', 'times that there are'],
  ['0 2 * DEC-JAN *', 'times that there are'],
  ['*/0 2 * * *', 'times that there are'],
  ['0 2 * * mon', 'five fields'],
  ['0 2 15W * *', 'five fields'],
  ['0 2 * * *,MON', 'in a list'],
])('refuses %j and says that it needs %s', (line, words) => {
  expect(cronProblem(line)).toContain(words);
});

test('names times on the wall, whatever the clocks do, and the first one if it fits', () => {
  expect(first('0 2 * * *', '2026-03-29T02:00', 2)).toEqual(['2026-03-29T02:00', '2026-03-30T02:00']);
  expect(first('*/30 9 * * MON', '2026-01-05T09:01', 2)).toEqual(['2026-01-05T09:30', '2026-01-12T09:00']);
});

test('tells one time a day from many', () => {
  expect(isOnceADay('30 2 * * MON')).toBe(true);
  for (const line of ['*/30 2 * * *', '0 1,2 * * *', '0 * * * *', '0 1-2 * * *'])
    expect(isOnceADay(line)).toBe(false);
});
