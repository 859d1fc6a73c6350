import { dayOf, wallTimesBefore, wallTimesFrom } from './cron.ts';
import { dayAt, instantOf, instantsOf, isDay, wallTimeAt } from './local-time.ts';
import type { ScheduleSettings, Tick, TickUnit } from './schedule.ts';

/** What says when a schedule is due. */
export interface Timetable extends Pick<ScheduleSettings, 'cron' | 'timeZone' | 'skipDates'> {
  readonly unit: TickUnit;
}

/**
 * How far a wall-clock time can be from the moment that it stands for. Clocks go forward by a day at most, where a place
 * changes its side of the date line, and back by three hours.
 */
const slackMs = { local_date: 25 * 60 * 60 * 1_000, minute: 3 * 60 * 60 * 1_000 } as const;

/** The ticks that are due after a moment, holidays left out, in the order in which they are due. Endless for most. */
export function* ticksAfter(table: Timetable, after: Date): Generator<Tick, void> {
  const slack = slackMs[table.unit];
  const ahead: Tick[] = [];
  for (const wall of wallTimesOf(table, wallTimeAt(shifted(after, -slack), table.timeZone))) {
    // What comes later on the clocks may be due earlier, yet by no more than the slack.
    const settled = instantOf(wall, table.timeZone).getTime() - slack;
    while (ahead[0] && ahead[0].dueAt.getTime() <= settled) yield* ahead.splice(0, 1);
    ahead.push(...ticksOf(wall, table).filter(({ dueAt }) => dueAt > after));
    ahead.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  }
  yield* ahead;
}

/** Those of them that are due until then, at most `limit`. */
export function ticksBetween(table: Timetable, after: Date, until: Date, limit: number): Tick[] {
  const ticks: Tick[] = [];
  for (const tick of ticksAfter(table, after)) {
    if (tick.dueAt > until || ticks.length === limit) break;
    ticks.push(tick);
  }
  return ticks;
}

/** The first `count` of them. */
export function nextTicks(table: Timetable, after: Date, count: number): Tick[] {
  const ticks: Tick[] = [];
  for (const tick of ticksAfter(table, after)) {
    if (ticks.push(tick) >= count) break;
  }
  return ticks;
}

/** The tick that is meant by something that happens at this moment, on time or not. */
export function tickAt(table: Pick<Timetable, 'unit' | 'timeZone'>, at: Date): Tick {
  return { key: table.unit === 'local_date' ? dayAt(at, table.timeZone) : minuteOf(at), dueAt: at };
}

/** The tick of this name: any minute, or a day that the schedule has, be it a holiday; null for anything else. */
export function tickNamed(table: Timetable, key: string): Tick | null {
  if (table.unit === 'minute') {
    const dueAt = new Date(key);
    return isDay(dayOf(key)) && !Number.isNaN(dueAt.getTime()) && minuteOf(dueAt) === key
      ? { key, dueAt }
      : null;
  }
  if (!isDay(key)) return null;
  const [tick] = ticksOfDays({ ...table, skipDates: [] }, key, key, 1);
  return tick ?? null;
}

/** The tick that was due last, at this moment at the latest, if there was one within a year. */
export function lastTick(table: Timetable, until: Date): Tick | null {
  const { cron, timeZone, skipDates } = table;
  const slack = slackMs[table.unit];
  const end = wallTimeAt(shifted(until, slack + minuteMs), timeZone);
  let last: Tick | null = null;
  for (const wall of wallTimesBefore(cron, end, new Set(skipDates))) {
    const at = instantOf(wall, timeZone).getTime();
    // What comes earlier on the clocks may be due later, yet by no more than the slack.
    if (at + slack < (last?.dueAt.getTime() ?? until.getTime() - yearMs)) break;
    for (const tick of ticksOf(wall, table))
      if (tick.dueAt <= until && (!last || tick.dueAt > last.dueAt)) last = tick;
  }
  return last;
}

/** The ticks of the days from one to another, both included. */
export function ticksOfDays(table: Timetable, from: string, to: string, limit: number): Tick[] {
  const ticks: Tick[] = [];
  for (const wall of wallTimesOf(table, `${from}T00:00`)) {
    if (dayOf(wall) > to || ticks.length >= limit) break;
    ticks.push(...ticksOf(wall, table));
  }
  return ticks.slice(0, limit);
}

function wallTimesOf({ cron, skipDates }: Timetable, first: string): Generator<string, void> {
  return wallTimesFrom(cron, first, new Set(skipDates));
}

function ticksOf(wall: string, { unit, timeZone }: Timetable): Tick[] {
  if (unit === 'local_date') return [{ key: dayOf(wall), dueAt: instantOf(wall, timeZone) }];
  return instantsOf(wall, timeZone).map((dueAt) => ({ key: minuteOf(dueAt), dueAt }));
}

const minuteMs = 60 * 1_000;
const yearMs = 366 * 24 * 60 * minuteMs;

const minuteOf = (at: Date): string => `${at.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length)}Z`;

const shifted = (at: Date, byMs: number): Date => new Date(at.getTime() + byMs);
