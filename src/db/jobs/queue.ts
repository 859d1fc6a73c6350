import type { Pool } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { batchSize, jobQueues, type JobQueue, type JobRules } from '../../domain/job-type.ts';
import { execute, query, transaction, type Db } from '../pool.ts';
import { hasExpired } from './expiry.ts';
import { isDoubted, rests } from './unknown-types.ts';

/** A job taken out of the queue, to be handed to Temporal. */
export interface ClaimedJob {
  readonly jobId: string;
  readonly type: string;
  /** The number of the run that counts. */
  readonly dispatch: number;
  /** Shared by the short jobs that are handed over in one run; null for a job that has one of its own. */
  readonly batch: string | null;
  /** Since it was due, in milliseconds. */
  readonly waitedMs: number;
  readonly traceParent: string | null;
}

export interface ClaimLimits {
  /** At most so many jobs of a queue are handed over and not begun. */
  readonly ahead: Readonly<Record<JobQueue, number>>;
  /** After that anybody may hand it over again, which does no harm. */
  readonly leaseMs: number;
}

export interface Claim {
  readonly jobs: readonly ClaimedJob[];
  /** As many of a queue are handed over now as may be, `claimLimited` with it, and there may be more. */
  readonly full: boolean;
  /** Jobs are ready of types that have a limit on how many run at once; those are claimed by `claimLimited`. */
  readonly limited: boolean;
  /** Jobs wait for others of their ordering key. */
  readonly blocked: boolean;
}

/**
 * Takes the most urgent and oldest ready jobs out of the queue, of types that are not paused, do not rest and have no limit.
 * Places that jobs of the others come first for are left to `claimLimited`. `rules` are all types that this process knows; of
 * others it leaves the jobs alone.
 */
export async function claim(db: Db, rules: readonly JobRules[], limits: ClaimLimits): Promise<Claim> {
  const rows = await query<ClaimedJob | { jobId: null; type: 'full' | 'limited' | 'blocked' }>(
    db,
    sql`${claimed(rules, sql`slots is null`, limits)}
        select * from claimed
        union all
        select null, 'full', null, null, null, null where exists (select from candidate where place = places)
        union all
        select null, 'limited', null, null, null, null where exists (
          select from unnest(${namesOf(rules.filter(isLimited))}::text[]) as limited (name), lateral (
            select from jobs where type = limited.name and status = 'ready' limit 1) as one)
        union all
        select null, 'blocked', null, null, null, null where exists (select from jobs where status = 'blocked')`,
  );
  const says = (what: string) => rows.some(({ jobId, type }) => jobId === null && type === what);
  const jobs = rows.filter((row) => row.jobId !== null);
  return { jobs, full: says('full'), limited: says('limited'), blocked: says('blocked') };
}

/**
 * Takes those of types that have a limit, where they come first. Their slots are counted under the lock of the type's row; a
 * type that somebody else counts at this moment is left to them.
 */
export async function claimLimited(
  pool: Pool,
  rules: readonly JobRules[],
  limits: ClaimLimits,
): Promise<ClaimedJob[]> {
  return transaction(pool, async (tx) => {
    const names = namesOf(rules.filter(isLimited));
    const locked = await query<{ name: string }>(
      tx,
      sql`select name from job_types where name = any(${names}::text[]) for update skip locked`,
    );
    const mine = sql`type.name = any(${locked.map(({ name }) => name)}::text[])`;
    // In a statement of its own, whose snapshot has everything that earlier holders of the locks have committed.
    return query<ClaimedJob>(tx, sql`${claimed(rules, mine, limits)} select * from claimed`);
  });
}

function isLimited({ concurrency }: JobRules): boolean {
  return concurrency !== null;
}

function namesOf(rules: readonly JobRules[]): string[] {
  return rules.map(({ name }) => name);
}

/**
 * The first parts of a statement, down to `claimed`: the jobs that are taken, of the types for which `taking` is true. They are
 * chosen among all types: what `taking` leaves alone keeps the places that it comes first for, and the slots of such types are
 * counted without a lock.
 */
function claimed(rules: readonly JobRules[], taking: Sql, { ahead, leaseMs }: ClaimLimits): Sql {
  return sql`with type as (
          select name, queue, slots, short, ${isDoubted} as doubted from unnest(${namesOf(rules)}::text[],
            ${rules.map(({ queue }) => queue)}::text[], ${rules.map(({ concurrency }) => concurrency)}::integer[],
            ${rules.map(({ short }) => short)}::boolean[]) as type (name, queue, slots, short)
          left join job_types using (name)
          where paused_at is null and (${rests}) is not true
        ),
        room as (
          select queue, greatest(0, ahead - (
            select count(*) from jobs
            join unnest(${namesOf(rules)}::text[], ${rules.map(({ queue }) => queue)}::text[]) as known (name, queue)
              on known.name = jobs.type and known.queue = room.queue
            where status = 'dispatched')) as places
          from unnest(${jobQueues}::text[], ${jobQueues.map((queue) => ahead[queue])}::integer[]) as room (queue, ahead)
        ),
        candidate as (
          select found.id, queue, room.places,
            row_number() over (partition by queue order by found.priority desc, found.run_at, found.position) as place
          from type join room using (queue), lateral (
            select id, priority, run_at, position from jobs
            where jobs.type = type.name and status = 'ready' and not ${hasExpired}
            order by priority desc, run_at, position
            limit least(room.places,
              case when type.slots is not null then greatest(0, type.slots - (
                select count(*) from jobs as holder where holder.type = type.name and holds_slot)) end,
              case when type.doubted then greatest(0, 1 - (
                select count(*) from jobs as probe where probe.type = type.name and status = 'dispatched')) end)
          ) as found
        ),
        batches as materialized (
          select nth, gen_random_uuid() as id
          from generate_series(0, (select max(place) from candidate) / ${batchSize}::integer) as nth
        ),
        due as (
          select jobs.id, slots is not null as takes_slot,
            case when short then batches.id end as batch
          from candidate join jobs using (id) join type on type.name = jobs.type
          join batches on nth = (place - 1) / ${batchSize}::integer
          where place <= places and status = 'ready' and ${taking}
          for update of jobs skip locked
        ),
        claimed as (
          update jobs set status = 'dispatched', dispatch = dispatch + 1, holds_slot = takes_slot, batch = due.batch,
            leased_until = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond',
            updated_at = clock_timestamp()
          from due where jobs.id = due.id
          returning jobs.id as "jobId", type, dispatch, jobs.batch, trace_parent as "traceParent",
            (extract(epoch from clock_timestamp() - run_at) * 1000)::float8 as "waitedMs"
        )`;
}

/** Makes sure that each type with a limit has the row under whose lock its slots are counted. */
export async function knowTypes(db: Db, rules: readonly JobRules[]): Promise<void> {
  await execute(
    db,
    sql`insert into job_types (name) select unnest(${namesOf(rules.filter(isLimited))}::text[])
        on conflict (name) do nothing`,
  );
}

/** Claims once more what was handed over a while ago without having begun: perhaps it never came to Temporal. */
export async function claimAgain(
  db: Db,
  rules: readonly JobRules[],
  leaseMs: number,
  limit: number,
): Promise<ClaimedJob[]> {
  return query<ClaimedJob>(
    db,
    sql`update jobs set leased_until = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
        where id in (
          select id from jobs
          where status = 'dispatched' and type = any(${namesOf(rules)}::text[]) and leased_until <= clock_timestamp()
          limit ${limit} for update skip locked)
        returning id as "jobId", type, dispatch, batch, trace_parent as "traceParent",
          (extract(epoch from clock_timestamp() - run_at) * 1000)::float8 as "waitedMs"`,
  );
}

/** Puts jobs back into the queue that could not be handed over, or whose run has ended without their having begun. */
export async function putBack(
  db: Db,
  jobs: readonly Pick<ClaimedJob, 'jobId' | 'dispatch'>[],
): Promise<void> {
  await execute(
    db,
    sql`update jobs set status = 'ready', holds_slot = false, leased_until = null, updated_at = clock_timestamp()
        from unnest(${jobs.map(({ jobId }) => jobId)}::uuid[], ${jobs.map(({ dispatch }) => dispatch)}::integer[])
          as claimed (id, dispatch)
        where jobs.id = claimed.id and jobs.dispatch = claimed.dispatch and status = 'dispatched'`,
  );
}
