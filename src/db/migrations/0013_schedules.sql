-- Recurring work. Temporal calls at each tick; what is to be called for, and what came of it, is here.
create table schedules (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  -- The type of the jobs that it makes.
  job_type text not null,
  -- What code says, written anew by every worker that starts; null for a schedule that an operator has made.
  settings jsonb,
  -- What an operator has set in its place.
  override jsonb,
  paused_at timestamptz,
  paused_by text,
  pause_reason text,
  -- Somebody has paused it in Temporal itself, as far as was last seen there.
  paused_in_temporal boolean not null default false,
  changed_at timestamptz,
  changed_by text,
  -- Up to then every tick that was due has been seen to: made, left out, or written down as missed.
  seen_until timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  check (settings is not null or override is not null),
  check ((paused_at is null) = (paused_by is null)),
  check ((changed_at is null) = (changed_by is null))
);

-- What came of each tick, once: its key is the day there or the minute.
create table schedule_ticks (
  schedule_id text not null references schedules (id) on delete cascade,
  tick text not null check (length(tick) between 1 and 40),
  due_at timestamptz not null,
  -- made: there is a job. The others say why there is none: one before it had not ended, the day is a holiday, the schedule
  -- was paused, or it was too late to make up for it.
  outcome text not null check (outcome in ('made', 'overlap', 'holiday', 'paused', 'missed')),
  cause text not null check (cause in ('schedule', 'catch_up', 'trigger', 'backfill')),
  requested_by text,
  -- No foreign key: the tick is remembered for longer than its job.
  job_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  primary key (schedule_id, tick),
  check ((outcome = 'made') = (job_id is not null))
);
create index schedule_ticks_due on schedule_ticks (schedule_id, due_at desc);
create index schedule_ticks_age on schedule_ticks (created_at);

-- Temporal is told of changes through the outbox.
alter table outbox
  drop constraint outbox_kind_check,
  add constraint outbox_kind_check check (kind in
    ('start_order', 'signal_order', 'notice', 'sale', 'sale_reversed', 'alert', 'cancel_job', 'schedule')),
  drop constraint outbox_order,
  add constraint outbox_order check (order_id is not null or kind in ('alert', 'cancel_job', 'schedule'));

-- What was sold in the days or weeks of a place, as it stood when it was added up. Days of UTC are in sales_by_day.
create table summaries (
  id uuid primary key,
  period text not null check (period in ('day', 'week')),
  first_day date not null,
  time_zone text not null,
  -- The span on the clock of UTC: 23 or 25 hours where clocks are changed there.
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at >= starts_at),
  orders_placed bigint not null,
  orders_completed bigint not null,
  orders_failed bigint not null,
  orders_cancelled bigint not null,
  -- Sales of the span that were not written yet when it was added up; they are in none of its figures.
  sales_outstanding bigint not null,
  best_sellers jsonb not null,
  made_at timestamptz not null default clock_timestamp(),
  unique (period, first_day, time_zone)
);

create table summary_sales (
  summary_id uuid not null references summaries (id) on delete cascade,
  currency text not null,
  orders bigint not null,
  pieces bigint not null,
  revenue_minor bigint not null,
  reversed_orders bigint not null,
  reversed_pieces bigint not null,
  reversed_minor bigint not null,
  -- What was taken in each part of the span, less what was reversed in it: hours of a day, days of a week.
  parts_minor bigint[] not null,
  primary key (summary_id, currency)
);

-- The sent-ledger of summaries: a mail that was sent is not sent again.
create table summary_mails (
  summary_id uuid not null references summaries (id) on delete cascade,
  address text not null,
  message_id text not null unique,
  sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (summary_id, address)
);

create index sales_reversed on sales (reversed_at) where reversed_at is not null;

-- For the clean-up. A job that keeps a unique key for ever stays.
create index provider_events_age on provider_events (received_at);
create index jobs_forgettable on jobs (finished_at) where finished_at is not null and unique_slot is null;
alter table jobs add column file_removed_at timestamptz;
create index jobs_files on jobs (file_expires_at) where file_key is not null and file_removed_at is null;
