import { Cron } from 'croner';
import { firstYear, lastYear } from './local-time.ts';

/**
 * A cron line has five fields (minute, hour, day of the month, month, day of the week) of `*`, numbers, ranges, steps and
 * lists, with JAN to DEC and SUN to SAT for names: what every reader of cron lines takes in the same way.
 */
const field = /^(?:\*|(?:\d{1,2}|[A-Z]{3})(?:-(?:\d{1,2}|[A-Z]{3}))?)(?:\/\d{1,2})?$/;

const fieldCount = 5;

/** What is wrong with a cron line, in words that finish the sentence `It …`; null when it is one. */
export function cronProblem(line: string): string | null {
  const fields = line.split(' ');
  const parts = fields.flatMap((one) => one.split(','));
  if (fields.length !== fieldCount || !parts.every((part) => field.test(part)))
    return 'must have five fields, as in `0 2 * * *`: minute, hour, day of the month, month, day of the week';
  const [, , dayOfMonth, , dayOfWeek = ''] = fields;
  if (dayOfMonth !== '*' && dayOfWeek !== '*')
    return 'must leave the day of the month or the day of the week open: readers of cron lines differ on what both mean';
  if (/7/.test(dayOfWeek)) return 'must call Sunday 0 or SUN';
  if (dayOfWeek.includes('-SUN'))
    return 'must not end a range with SUN, with which the week begins: write SAT,SUN for SAT-SUN';
  if (fields.some((one) => one.includes(',') && one.split(',').includes('*')))
    return 'must not have `*` in a list';
  return isReadable(line) ? null : 'must name times that there are: minutes to 59, hours to 23, days to 31';
}

function isReadable(line: string): boolean {
  try {
    return read(line).nextRun(new Date(0)) !== null;
  } catch {
    return false;
  }
}

/** Whether it names one time of the day, on whatever days. Throws where it is no cron line. */
export function isOnceADay(line: string): boolean {
  const [minute = '', hour = ''] = line.split(' ');
  return /^\d+$/.test(minute) && /^\d+$/.test(hour);
}

/**
 * The wall-clock times that a cron line names (YYYY-MM-DDTHH:MM) from this one on, those of the skipped days left out. A run of
 * skipped days costs one look each, however many times they have.
 */
export function* wallTimesFrom(
  line: string,
  first: string,
  skippedDays: ReadonlySet<string> = noDays,
): Generator<string, void> {
  const cron = read(line);
  // No time zone takes part: a wall-clock time is handled as if it were one of UTC, which skips and repeats none.
  const from = new Date(`${first}Z`);
  let next = cron.match(from) ? from : cron.nextRun(from);
  while (next && next.getUTCFullYear() <= lastYear) {
    const wall = next.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
    const isSkipped = skippedDays.has(dayOf(wall));
    if (!isSkipped) yield wall;
    next = cron.nextRun(isSkipped ? lastSecondOf(next) : next);
  }
}

/** Those before this one, the latest first. */
export function* wallTimesBefore(
  line: string,
  end: string,
  skippedDays: ReadonlySet<string>,
): Generator<string, void> {
  const cron = read(line);
  const before = (time: Date): Date | undefined => cron.previousRuns(1, time)[0];
  let next = before(new Date(`${end}Z`));
  while (next && next.getUTCFullYear() >= firstYear) {
    const wall = next.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
    const isSkipped = skippedDays.has(dayOf(wall));
    if (!isSkipped) yield wall;
    next = before(isSkipped ? new Date(`${dayOf(wall)}T00:00Z`) : next);
  }
}

const noDays: ReadonlySet<string> = new Set();

/** The day of a wall-clock time. */
export const dayOf = (wall: string): string => wall.slice(0, 'yyyy-mm-dd'.length);

function lastSecondOf(day: Date): Date {
  return new Date(new Date(day).setUTCHours(23, 59, 59, 0));
}

const read = (line: string): Cron => new Cron(line, { timezone: 'UTC', mode: '5-part' });
