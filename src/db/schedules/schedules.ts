import sql, { type Sql } from 'sql-template-tag';
import type { ScheduleSettings } from '../../domain/schedule.ts';
import { pauseNote } from '../../domain/schedule-state.ts';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';

/** A schedule as it stands. */
export interface Schedule {
  readonly id: string;
  /** The type of the jobs that it makes. */
  readonly jobType: string;
  /** What counts: what an operator has set, else what code says. */
  readonly settings: ScheduleSettings;
  /** Whether code has this schedule; false for one that an operator has made. */
  readonly isBuiltIn: boolean;
  readonly isOverridden: boolean;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pauseReason: string | null;
  /** Somebody has paused it in Temporal itself, as far as was last seen there. */
  readonly isPausedInTemporal: boolean;
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
  /** Up to then every tick that was due has been seen to. */
  readonly seenUntil: Date;
}

const columns: Sql = sql`id, job_type as "jobType", coalesce(override, settings) as settings,
  settings is not null as "isBuiltIn", override is not null as "isOverridden",
  paused_at as "pausedAt", paused_by as "pausedBy", pause_reason as "pauseReason",
  paused_in_temporal as "isPausedInTemporal",
  changed_at as "changedAt", changed_by as "changedBy", seen_until as "seenUntil"`;

export async function listSchedules(db: Db): Promise<Schedule[]> {
  return query<Schedule>(db, sql`select ${columns} from schedules order by id`);
}

export async function findSchedule(db: Db, id: string): Promise<Schedule | undefined> {
  return queryOne<Schedule>(db, sql`select ${columns} from schedules where id = ${id}`);
}

/** The same, and nobody else changes it or takes up a tick of it until the transaction ends. */
export async function lockSchedule(tx: Tx, id: string): Promise<Schedule | undefined> {
  return queryOne<Schedule>(tx, sql`select ${columns} from schedules where id = ${id} for no key update`);
}

/** The same of an id that there may be no schedule of yet: nobody else who asks in this way makes it meanwhile. */
export async function lockScheduleId(tx: Tx, id: string): Promise<Schedule | undefined> {
  await execute(tx, sql`select pg_advisory_xact_lock(hashtextextended(${id}::text, 2))`);
  return lockSchedule(tx, id);
}

/**
 * Writes down what code says of a schedule. What an operator has set goes on to count. Where it changes what counts, the ticks
 * that are due have been seen to (due-ticks.ts); so it is with each change below.
 */
export async function defineSchedule(
  db: Db,
  id: string,
  jobType: string,
  settings: ScheduleSettings,
): Promise<void> {
  await execute(
    db,
    sql`insert into schedules as known (id, job_type, settings)
        values (${id}, ${jobType}, ${JSON.stringify(settings)})
        on conflict (id) do update set job_type = excluded.job_type, settings = excluded.settings
        where known.settings is distinct from excluded.settings or known.job_type <> excluded.job_type`,
  );
}

/** Sets how a schedule runs from now on, or makes it. */
export async function overrideSchedule(
  tx: Tx,
  change: {
    readonly id: string;
    readonly jobType: string;
    readonly settings: ScheduleSettings;
    readonly changedBy: string;
  },
): Promise<void> {
  const { id, jobType, settings, changedBy } = change;
  await execute(
    tx,
    sql`insert into schedules (id, job_type, override, changed_at, changed_by)
        values (${id}, ${jobType}, ${JSON.stringify(settings)}, clock_timestamp(), ${changedBy})
        on conflict (id) do update set override = excluded.override,
          changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
  );
}

/** Takes back what an operator has set; gives what code says, which counts from now on, or null where it says nothing. */
export async function revertSchedule(tx: Tx, id: string): Promise<ScheduleSettings | null> {
  const row = await queryOne<{ settings: ScheduleSettings }>(
    tx,
    sql`update schedules set override = null, changed_at = null, changed_by = null
        where id = ${id} and settings is not null
        returning settings`,
  );
  return row?.settings ?? null;
}

/** Why it is paused in Postgres, for Temporal; null where it is not. */
export function pauseNoteOf({ pausedAt, pausedBy, pauseReason }: Schedule): string | null {
  if (pausedAt === null) return null;
  return pauseNote({ by: pausedBy ?? '', reason: pauseReason });
}

/** Nothing happens at its ticks from here on. Asked again, it keeps who asked first. False where it was paused. */
export async function pauseSchedule(
  tx: Tx,
  id: string,
  { requestedBy, reason }: { readonly requestedBy: string; readonly reason: string | null },
): Promise<boolean> {
  const paused = await execute(
    tx,
    sql`update schedules set paused_at = clock_timestamp(), paused_by = ${requestedBy}, pause_reason = ${reason}
        where id = ${id} and paused_at is null`,
  );
  return paused === 1;
}

/** What was due meanwhile is not made up for. False where it was not paused. */
export async function resumeSchedule(tx: Tx, id: string): Promise<boolean> {
  const resumed = await execute(
    tx,
    sql`update schedules set paused_at = null, paused_by = null, pause_reason = null, paused_in_temporal = false,
          seen_until = clock_timestamp()
        where id = ${id} and (paused_at is not null or paused_in_temporal)`,
  );
  return resumed === 1;
}

/** Forgets a schedule and its ticks; the jobs that it has made go on. */
export async function removeSchedule(tx: Tx, id: string): Promise<void> {
  await execute(tx, sql`delete from schedules where id = ${id}`);
}

/** Every tick that was due until then has been seen to. */
export async function noteSeen(tx: Tx, id: string, until: Date): Promise<void> {
  await execute(
    tx,
    sql`update schedules set seen_until = greatest(seen_until, ${until}::timestamptz) where id = ${id}`,
  );
}

/** Whether somebody has paused it in Temporal itself. */
export async function notePausedInTemporal(tx: Tx, id: string, isPaused: boolean): Promise<void> {
  await execute(
    tx,
    sql`update schedules set paused_in_temporal = ${isPaused} where id = ${id} and paused_in_temporal <> ${isPaused}`,
  );
}
