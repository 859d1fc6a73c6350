import { Temporal } from 'temporal-polyfill';

/**
 * Days and times on the clocks of a place. A day is YYYY-MM-DD, a wall-clock time YYYY-MM-DDTHH:MM, and a place an IANA time
 * zone as it is spelled there: `Europe/Berlin`.
 */

/** Whether this is the name of a time zone, in the very letters in which all who read it know it. */
export function isTimeZone(name: string): boolean {
  try {
    const { timeZoneId } = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return timeZoneId === name && /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

/** The days that are taken from outside lie in these years: four digits write them and what is reckoned from them. */
export const firstYear = 1_970;
export const lastYear = 9_998;

/** What a text is not of which `isDay` is false. */
export const dayWords = `must be a day from ${firstYear} to ${lastYear}, such as 2026-12-25`;

/** Whether there is such a day in the calendar, in those years. */
export function isDay(text: string): boolean {
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' });
    return day.toString() === text && day.year >= firstYear && day.year <= lastYear;
  } catch {
    return false;
  }
}

export function dayAt(at: Date, timeZone: string): string {
  return zoned(at, timeZone).toPlainDate().toString();
}

export function wallTimeAt(at: Date, timeZone: string): string {
  return zoned(at, timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });
}

/** The day so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** From 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek;
}

/** When the day begins there: at midnight, or as soon after it as there is a time. */
export function startOfDay(day: string, timeZone: string): Date {
  return dateOf(Temporal.PlainDate.from(day).toZonedDateTime(timeZone));
}

/**
 * When the clocks there show this. Where they show it twice, the first time; where they skip it, as much after the skip as it
 * is after the skip's beginning: 02:30 is 03:30 where there is no hour from two to three (RFC 5545, 3.3.5).
 */
export function instantOf(wallTime: string, timeZone: string): Date {
  return dateOf(Temporal.PlainDateTime.from(wallTime).toZonedDateTime(timeZone));
}

/** Every time at which the clocks there show this: none where they skip it, two where they show it twice. */
export function instantsOf(wallTime: string, timeZone: string): Date[] {
  const wall = Temporal.PlainDateTime.from(wallTime);
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    wall.toZonedDateTime(timeZone, { disambiguation }),
  );
  const shown = [earlier, later].filter((one) => one?.toPlainDateTime().equals(wall));
  return [...new Set(shown.map((one) => one?.epochMilliseconds ?? 0))].map((ms) => new Date(ms));
}

function zoned(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
}

function dateOf(time: Temporal.ZonedDateTime): Date {
  return new Date(time.epochMilliseconds);
}
