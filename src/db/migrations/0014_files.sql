-- Objects of the store that nothing else tells of: written down before they are put, taken from here by the commit that
-- keeps them. What is left, because a process died or a commit did not come about, is removed when its time is over.
create table loose_objects (
  key text primary key check (key ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,299}$'),
  remove_after timestamptz not null
);
create index loose_objects_due on loose_objects (remove_after);

-- Images that were handed in. Whether one is still worked on is for its job to say; its sizes are there or not.
create table photos (
  id uuid primary key,
  -- The job that makes its sizes. No foreign key: the photo is kept for longer.
  job_id uuid not null,
  original_key text not null,
  -- As it came.
  media_type text not null,
  bytes integer not null check (bytes > 0),
  watermark text check (length(watermark) between 1 and 60),
  requested_by text not null,
  trace_parent text,
  created_at timestamptz not null default clock_timestamp(),
  -- Of the picture as it is seen, in pixels; there with its sizes.
  width integer check (width > 0),
  height integer check (height > 0),
  ready_at timestamptz,
  check (num_nulls(width, height, ready_at) in (0, 3))
);
create index photos_job on photos (job_id);

create table photo_sizes (
  photo_id uuid not null references photos (id),
  -- The longer side of what it was asked for, in pixels.
  size smallint not null check (size in (64, 128, 256)),
  key text not null unique,
  bytes integer not null check (bytes > 0),
  primary key (photo_id, size)
);

-- A photo that is ready is owed to every endpoint that asks for it, in the commit that makes it so.
create function owe_webhooks_of_photo() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, trace_parent)
  select id, 'photo_' || new.id || '_ready', 'photo.ready', new.ready_at,
    jsonb_build_object('photoId', new.id, 'jobId', new.job_id, 'width', new.width, 'height', new.height),
    new.trace_parent
  from webhook_endpoints
  where deleted_at is null and ('photo.ready' = any (events) or 'photo.*' = any (events))
  on conflict (destination_id, message_id) do nothing;
  return null;
end $$;
create trigger photos_owe_webhooks after update of ready_at on photos for each row
  when (old.ready_at is null and new.ready_at is not null) execute function owe_webhooks_of_photo();

-- Who has registered.
create table users (
  id uuid primary key,
  email text not null check (length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 200),
  avatar_photo_id uuid references photos (id),
  created_at timestamptz not null default clock_timestamp()
);
-- However it is written.
create unique index users_email on users (lower(email));

-- The sent-ledger of their mails: one that has been sent is not sent again.
create table user_mails (
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('welcome', 'follow_up')),
  message_id text not null unique,
  sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, kind)
);

-- What is counted later: each thing once. No personal data.
create table analytics_events (
  type text not null check (type ~ '^[a-z]+\.[a-z_]+$'),
  subject_id uuid not null,
  occurred_at timestamptz not null,
  data jsonb not null default '{}',
  primary key (type, subject_id)
);
create index analytics_events_time on analytics_events using brin (occurred_at);
