-- Background work. The backlog is here and not in Temporal: a row is a job, and Temporal holds only those that run.
create table jobs (
  id uuid primary key,
  -- Tells jobs apart that are due at the same moment.
  position bigint generated always as identity,
  type text not null check (type ~ '^[a-z][a-z0-9-]{0,63}$'),
  -- scheduled: not due yet. blocked: another job of its ordering key goes first. ready: may be dispatched.
  -- dispatched: handed to Temporal, no attempt has begun. running: between the first attempt's start and the end.
  status text not null check (status in
    ('scheduled', 'blocked', 'ready', 'dispatched', 'running', 'completed', 'failed', 'cancelled', 'dead')),
  input jsonb not null,
  priority smallint not null default 0 check (priority between -100 and 100),
  ordering_key text check (length(ordering_key) between 1 and 200),
  unique_key text check (length(unique_key) between 1 and 200),
  -- The unique key for as long as it keeps others out: until the job has ended, or for ever.
  unique_slot text,
  unique_for_ever boolean not null default false,
  run_at timestamptz not null default clock_timestamp(),
  -- Not worth beginning after that.
  expires_at timestamptz,
  -- Asked for by whom; the key's id where an API key asked, which signs the callback.
  requested_by text not null,
  api_key_id uuid references api_keys (id),
  callback_url text,
  trace_parent text,

  -- Which run of Temporal's counts: one number for each time it is taken out of the queue, part of the workflow's id.
  dispatch integer not null default 0,
  -- While it is dispatched: when somebody else may hand it to Temporal again.
  leased_until timestamptz,
  -- Whether it counts against the limit of its type, if that has one: from its dispatch on, but not while it waits for its
  -- next attempt.
  holds_slot boolean not null default false,
  -- One round from acceptance, and one more for each retry that somebody asked for. Attempts are counted in the round.
  round integer not null default 1,
  attempts integer not null default 0,
  -- Goes up with every attempt that begins, for ever: whoever comes with an older number has lost the job.
  turn integer not null default 0,
  -- The attempt that is under way, if one is.
  attempt_started_at timestamptz,
  attempt_worker text,
  -- From then on it is dead, whatever it does.
  deadline_at timestamptz,
  cancel_requested_at timestamptz,

  progress_percent real check (progress_percent between 0 and 100),
  progress_message text check (length(progress_message) <= 500),
  -- What the next attempt goes on from.
  checkpoint jsonb,

  result jsonb,
  -- A file in the object store, and until when it is there.
  file_key text,
  file_name text,
  file_media_type text,
  file_bytes bigint,
  file_expires_at timestamptz,
  error_type text,
  error_detail text,

  last_event_number integer not null default 0,
  enqueued_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),

  check ((status in ('completed', 'failed', 'cancelled', 'dead')) = (finished_at is not null)),
  check ((status in ('failed', 'dead')) = (error_type is not null)),
  check ((error_type is null) = (error_detail is null)),
  check (status <> 'cancelled' or cancel_requested_at is not null),
  check (attempt_started_at is null or status = 'running'),
  check (not holds_slot or status in ('dispatched', 'running')),
  check (num_nulls(file_key, file_name, file_media_type, file_bytes, file_expires_at) in (0, 5))
) with (fillfactor = 70);

-- The queue of a type.
create index jobs_ready on jobs (type, priority desc, run_at, position) where status = 'ready';
create index jobs_scheduled on jobs (run_at) where status = 'scheduled';
create index jobs_dispatched on jobs (type, leased_until) where status = 'dispatched';
create index jobs_running on jobs (id) where status = 'running';
create index jobs_slots on jobs (type) where holds_slot;
create index jobs_expiring on jobs (expires_at)
  where expires_at is not null and status in ('scheduled', 'blocked', 'ready');
-- Of an ordering key one job at a time is out of its line.
create unique index jobs_one_per_key on jobs (ordering_key)
  where ordering_key is not null and status in ('ready', 'dispatched', 'running');
create index jobs_blocked on jobs (ordering_key, run_at, position) where status = 'blocked';
create unique index jobs_unique on jobs (type, unique_slot) where unique_slot is not null;
-- Ids sort by time, so lists need no other order.
create index jobs_type on jobs (type, id);
create index jobs_gone_wrong on jobs (status, id) where status in ('failed', 'dead', 'cancelled');

create function check_job_transition() returns trigger language plpgsql as $$
begin
  if not (
    (old.status = 'scheduled' and new.status in ('blocked', 'ready', 'failed', 'cancelled')) or
    (old.status = 'blocked' and new.status in ('ready', 'failed', 'cancelled')) or
    (old.status = 'ready' and new.status in ('dispatched', 'failed', 'cancelled')) or
    (old.status = 'dispatched' and new.status in ('ready', 'running', 'failed', 'cancelled', 'dead')) or
    (old.status = 'running' and new.status in ('ready', 'completed', 'failed', 'cancelled', 'dead')) or
    -- A new round.
    (old.status in ('failed', 'cancelled', 'dead') and new.status in ('blocked', 'ready') and new.round = old.round + 1)
  ) then
    raise exception 'a job cannot go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger jobs_transition before update of status on jobs
  for each row when (old.status is distinct from new.status) execute function check_job_transition();

-- What happened to a job, numbered per job under its row lock.
create table job_events (
  job_id uuid not null references jobs (id) on delete cascade,
  number integer not null,
  type text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  primary key (job_id, number)
);

-- Attempts that did not succeed. A job's row tells of the one that is under way, and of the one that did.
create table job_attempts (
  job_id uuid not null references jobs (id) on delete cascade,
  round integer not null,
  attempt integer not null,
  outcome text not null check (outcome in ('failed', 'refused', 'cancelled', 'lost', 'timed_out')),
  error_type text not null,
  error_detail text not null,
  worker text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (job_id, round, attempt)
);

-- Who asked for what, and why; written in the transaction that accepts it.
create table job_commands (
  id uuid primary key,
  job_id uuid not null references jobs (id) on delete cascade,
  kind text not null check (kind in ('cancel', 'retry')),
  requested_by text not null,
  reason text,
  bulk_operation_id uuid,
  created_at timestamptz not null default clock_timestamp()
);
create index job_commands_job on job_commands (job_id, created_at);

-- Kinds of jobs that somebody has paused, and those with a limit on how many run at once: its row is the lock under which
-- their slots are counted.
create table job_types (
  name text primary key,
  paused_at timestamptz,
  paused_by text,
  pause_reason text,
  check ((paused_at is null) = (paused_by is null))
);

-- Commands on many at once: counted first, then carried out on exactly those that were counted.
create table bulk_operations (
  id uuid primary key,
  action text not null check (action in ('retry', 'cancel')),
  subject text not null check (subject in ('jobs', 'orders')),
  filter jsonb not null,
  requested_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  confirmed_by text,
  confirmed_at timestamptz,
  check ((confirmed_at is null) = (confirmed_by is null))
);
create index bulk_operations_age on bulk_operations (created_at);

create table bulk_operation_items (
  operation_id uuid not null references bulk_operations (id) on delete cascade,
  subject_id uuid not null,
  -- Null until it is carried out.
  outcome text check (outcome in ('accepted', 'refused')),
  detail text,
  primary key (operation_id, subject_id)
);
create index bulk_operation_items_left on bulk_operation_items (operation_id) where outcome is null;

-- A cancel of a job that runs is owed to Temporal.
alter table outbox
  drop constraint outbox_kind_check,
  add constraint outbox_kind_check
    check (kind in ('start_order', 'signal_order', 'notice', 'sale', 'sale_reversed', 'alert', 'cancel_job')),
  drop constraint outbox_order,
  add constraint outbox_order check (order_id is not null or kind in ('alert', 'cancel_job'));
