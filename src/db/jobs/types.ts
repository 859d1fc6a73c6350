import sql from 'sql-template-tag';
import { execute, query, type Db } from '../pool.ts';

/** How a type stands. */
export interface JobTypeState {
  readonly name: string;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pauseReason: string | null;
  /** By status as it is kept, those that have not ended. */
  readonly scheduled: number;
  readonly waiting: number;
  readonly running: number;
  /** Since the first of those that wait was due, in milliseconds; null where none waits. */
  readonly oldestWaitMs: number | null;
  readonly dead: number;
}

/** How these types stand, in their order. */
export async function readTypeStates(db: Db, names: readonly string[]): Promise<JobTypeState[]> {
  return query<JobTypeState>(
    db,
    sql`select asked.name, paused_at as "pausedAt", paused_by as "pausedBy", pause_reason as "pauseReason",
          coalesce(scheduled, 0) as scheduled, coalesce(waiting, 0) as waiting, coalesce(running, 0) as running,
          coalesce(dead, 0) as dead,
          (extract(epoch from clock_timestamp() - due_since) * 1000)::float8 as "oldestWaitMs"
        from unnest(${names}::text[]) with ordinality as asked (name, place)
        left join job_types on job_types.name = asked.name
        left join (
          select type, count(*) filter (where status = 'scheduled') as scheduled,
            count(*) filter (where status in ('blocked', 'ready', 'dispatched')) as waiting,
            count(*) filter (where status = 'running') as running,
            min(run_at) filter (where status in ('blocked', 'ready', 'dispatched')) as due_since
          from jobs where status in ('scheduled', 'blocked', 'ready', 'dispatched', 'running')
          group by type) as open on open.type = asked.name
        left join (
          select type, count(*) as dead from jobs where status = 'dead' group by type) as gone on gone.type = asked.name
        order by place`,
  );
}

/** No attempt of the type begins from here on; what is being tried goes on. Asked again, it keeps who asked first. */
export async function pauseType(
  db: Db,
  name: string,
  { requestedBy, reason }: { readonly requestedBy: string; readonly reason: string | null },
): Promise<void> {
  await execute(
    db,
    sql`insert into job_types (name, paused_at, paused_by, pause_reason)
        values (${name}, clock_timestamp(), ${requestedBy}, ${reason})
        on conflict (name) do update set paused_at = clock_timestamp(), paused_by = excluded.paused_by,
          pause_reason = excluded.pause_reason
        where job_types.paused_at is null`,
  );
}

/** Attempts begin again. The deadlines of jobs that have waited in the queue meanwhile are put off by as long. */
export async function resumeType(db: Db, name: string): Promise<void> {
  // A ready job was last updated when it came into the queue, or here: asked twice at once, it is put off once.
  await execute(
    db,
    sql`with paused as (select paused_at from job_types where name = ${name} and paused_at is not null),
        put_off as (
          update jobs set updated_at = clock_timestamp(),
            deadline_at = deadline_at + (clock_timestamp() - greatest(paused_at, updated_at))
          from paused where type = ${name} and status = 'ready' and deadline_at is not null
        )
        update job_types set paused_at = null, paused_by = null, pause_reason = null where name = ${name}`,
  );
}

/** How many jobs of a type wait in the queue. */
export interface WaitingJobs {
  readonly type: string;
  /** Scheduled ones included. */
  readonly waiting: number;
  readonly due: number;
}

/** How many jobs of each type wait; types without any are left out. */
export async function countWaiting(db: Db): Promise<WaitingJobs[]> {
  return query<WaitingJobs>(
    db,
    sql`select type, count(*) as waiting, count(*) filter (where status <> 'scheduled') as due from jobs where status in ('scheduled', 'blocked', 'ready') group by type`,
  );
}
