import sql from 'sql-template-tag';
import { Failure } from '../../domain/failures.ts';
import { scheduleOrderingKey, tickUniqueKey } from '../../domain/ids.ts';
import type { JobStatus } from '../../domain/job.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { Tick, TickCause, TickOutcome } from '../../domain/schedule.ts';
import { enqueueRow, enqueueRows, rowOf, type JobRow } from '../jobs/enqueue.ts';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';
import type { Schedule } from './schedules.ts';

/** The job of a tick: its type's rules, and its input, which they check. */
export interface TickJob {
  readonly rules: JobRules;
  readonly input: unknown;
}

/** Why a tick is taken up, and who asks for it where somebody does. */
export interface TickCall {
  readonly cause: TickCause;
  readonly requestedBy?: string;
  /** Whether there it is a day on which nothing happens. */
  readonly isHoliday: boolean;
}

/** What came of a tick; `isNew` where it did just now. */
export interface TakenTick {
  readonly tick: string;
  readonly outcome: TickOutcome;
  readonly jobId: string | null;
  readonly isNew: boolean;
}

/** Whether the type takes this input: settings may be older than the release, and a tick on the edge of the calendar. */
export function isTaken({ rules, input }: TickJob): boolean {
  try {
    rowOf(rules, { input, requestedBy: '' });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
}

/**
 * Takes up a tick of a schedule that the caller has locked: once, however often it is called for. What was left out or
 * missed can still be asked for by name.
 */
export async function takeUpTick(
  tx: Tx,
  schedule: Schedule,
  tick: Tick,
  job: TickJob,
  call: TickCall,
): Promise<TakenTick> {
  const isAsked = call.cause === 'trigger' || call.cause === 'backfill';
  const earlier = await findTick(tx, schedule.id, tick.key);
  if (earlier && (earlier.outcome === 'made' || !isAsked)) return { ...earlier, isNew: false };
  const outcome = isAsked ? 'made' : await decide(tx, schedule, call);
  const jobId = outcome === 'made' ? await makeJob(tx, schedule, tick, job) : null;
  await writeDown(tx, schedule.id, tick, { outcome, jobId, call });
  return { tick: tick.key, outcome, jobId, isNew: true };
}

/**
 * Takes up past ticks that somebody asks for, of a schedule that the caller has locked: in a few statements, however many
 * they are, since others wait for the schedule meanwhile.
 */
export async function backfillTicks(
  tx: Tx,
  schedule: Schedule,
  asked: readonly { readonly tick: Tick; readonly job: TickJob }[],
  requestedBy: string,
): Promise<{ readonly tick: Tick; readonly jobId: string | null; readonly isNew: boolean }[]> {
  const known = await madeJobs(tx, schedule.id, asked);
  const wanted = asked.filter(({ tick }) => !known.has(tick.key));
  const jobIds = await enqueueRows(
    tx,
    wanted.map(({ tick, job }) => jobRow(schedule, tick, job)),
  );
  const made = wanted.map(({ tick }, index) => ({ ...tick, jobId: jobIds[index] ?? null }));
  await writeDownMade(tx, schedule.id, made, requestedBy);
  const fresh = new Map(made.map(({ key, jobId }) => [key, jobId]));
  return asked.map(({ tick }) => ({
    tick,
    jobId: known.get(tick.key) ?? fresh.get(tick.key) ?? null,
    isNew: fresh.has(tick.key),
  }));
}

/** Of these ticks, the jobs that have been made before, by the ticks' names. */
async function madeJobs(
  tx: Tx,
  scheduleId: string,
  asked: readonly { readonly tick: Tick }[],
): Promise<Map<string, string>> {
  const rows = await query<{ tick: string; jobId: string }>(
    tx,
    sql`select tick, job_id as "jobId" from schedule_ticks
        where schedule_id = ${scheduleId} and outcome = 'made' and tick = any(${asked.map(({ tick }) => tick.key)}::text[])`,
  );
  return new Map(rows.map(({ tick, jobId }) => [tick, jobId]));
}

async function writeDownMade(
  tx: Tx,
  scheduleId: string,
  made: readonly (Tick & { readonly jobId: string | null })[],
  requestedBy: string,
): Promise<void> {
  await execute(
    tx,
    sql`insert into schedule_ticks (schedule_id, tick, due_at, outcome, cause, requested_by, job_id)
        select ${scheduleId}, tick, due_at, 'made', 'backfill', ${requestedBy}, job_id
        from unnest(${made.map(({ key }) => key)}::text[], ${made.map(({ dueAt }) => dueAt)}::timestamptz[],
          ${made.map(({ jobId }) => jobId)}::uuid[]) as made (tick, due_at, job_id)
        on conflict (schedule_id, tick) do update set ${asTakenUpAnew}`,
  );
}

/** What was left out or missed before, and has been asked for since. */
const asTakenUpAnew = sql`outcome = excluded.outcome, cause = excluded.cause, requested_by = excluded.requested_by,
  job_id = excluded.job_id, created_at = excluded.created_at`;

/** Writes down that ticks were due and that it is too late for them; gives those that had not been seen to, in their order. */
export async function noteMissed(tx: Tx, scheduleId: string, ticks: readonly Tick[]): Promise<string[]> {
  if (ticks.length === 0) return [];
  const rows = await query<{ tick: string }>(
    tx,
    sql`insert into schedule_ticks (schedule_id, tick, due_at, outcome, cause)
        select ${scheduleId}, tick, due_at, 'missed', 'catch_up'
        from unnest(${ticks.map(({ key }) => key)}::text[], ${ticks.map(({ dueAt }) => dueAt)}::timestamptz[])
          as late (tick, due_at)
        on conflict (schedule_id, tick) do nothing
        returning tick`,
  );
  const noted = new Set(rows.map(({ tick }) => tick));
  return ticks.map(({ key }) => key).filter((key) => noted.has(key));
}

async function decide(tx: Tx, schedule: Schedule, { isHoliday }: TickCall): Promise<TickOutcome> {
  if (schedule.pausedAt !== null) return 'paused';
  if (isHoliday) return 'holiday';
  const { overlap } = schedule.settings;
  if (overlap === 'allow_all' || overlap === 'buffer_all') return 'made';
  const open = await countOpenJobs(tx, schedule.id);
  return open > (overlap === 'buffer_one' ? 1 : 0) ? 'overlap' : 'made';
}

async function countOpenJobs(tx: Tx, scheduleId: string): Promise<number> {
  const row = await queryOne<{ open: number }>(
    tx,
    sql`select count(*) as open from schedule_ticks join jobs on jobs.id = job_id
        where schedule_id = ${scheduleId} and status in ('scheduled', 'blocked', 'ready', 'dispatched', 'running')`,
  );
  return row?.open ?? 0;
}

async function makeJob(tx: Tx, schedule: Schedule, tick: Tick, job: TickJob): Promise<string> {
  const { jobId } = await enqueueRow(tx, jobRow(schedule, tick, job));
  return jobId;
}

function jobRow({ id, settings }: Schedule, { key }: Tick, { rules, input }: TickJob): JobRow {
  return rowOf(rules, {
    input,
    uniqueKey: tickUniqueKey(id, key),
    ...(settings.overlap !== 'allow_all' && { orderingKey: scheduleOrderingKey(id) }),
    requestedBy: `schedule ${id}`,
  });
}

async function findTick(
  tx: Tx,
  scheduleId: string,
  key: string,
): Promise<Omit<TakenTick, 'isNew'> | undefined> {
  return queryOne(
    tx,
    sql`select tick, outcome, job_id as "jobId" from schedule_ticks
        where schedule_id = ${scheduleId} and tick = ${key}`,
  );
}

async function writeDown(
  tx: Tx,
  scheduleId: string,
  { key, dueAt }: Tick,
  { outcome, jobId, call }: { outcome: TickOutcome; jobId: string | null; call: TickCall },
): Promise<void> {
  await execute(
    tx,
    sql`insert into schedule_ticks (schedule_id, tick, due_at, outcome, cause, requested_by, job_id)
        values (${scheduleId}, ${key}, ${dueAt}, ${outcome}, ${call.cause}, ${call.requestedBy ?? null}, ${jobId})
        on conflict (schedule_id, tick) do update set ${asTakenUpAnew}`,
  );
}

/** A tick as its readers see it; the status is null once the job is forgotten. */
export interface TickView {
  readonly scheduleId: string;
  readonly tick: string;
  readonly dueAt: Date;
  readonly outcome: TickOutcome;
  readonly cause: TickCause;
  readonly requestedBy: string | null;
  readonly jobId: string | null;
  readonly jobStatus: JobStatus | null;
  readonly createdAt: Date;
}

/** The newest ticks of each of these schedules, at most so many of each, the newest first. */
export async function readLastTicks(
  db: Db,
  scheduleIds: readonly string[],
  limit: number,
): Promise<TickView[]> {
  return query<TickView>(
    db,
    sql`select last.*, jobs.status as "jobStatus"
        from unnest(${scheduleIds}::text[]) as wanted (id), lateral (
          select schedule_id as "scheduleId", tick, due_at as "dueAt", outcome, cause, requested_by as "requestedBy",
            job_id as "jobId", created_at as "createdAt"
          from schedule_ticks where schedule_id = wanted.id order by due_at desc limit ${limit}) as last
        left join jobs on jobs.id = "jobId"
        order by "dueAt" desc`,
  );
}

/** How often each of them was missed since then, left out, or refused for another one's sake; without those that never were. */
export async function countLeftOut(
  db: Db,
  scheduleIds: readonly string[],
  since: Date,
): Promise<{ scheduleId: string; outcome: TickOutcome; count: number; lastDueAt: Date }[]> {
  return query(
    db,
    sql`select schedule_id as "scheduleId", outcome, count(*) as count, max(due_at) as "lastDueAt"
        from schedule_ticks
        where schedule_id = any(${scheduleIds}::text[]) and due_at >= ${since} and outcome <> 'made'
        group by schedule_id, outcome`,
  );
}
