-- Outgoing webhooks (Standard Webhooks 1.0): who is told of what, and what is owed to whom.

-- A UUIDv7 (RFC 9562) as src/domain/new-id.ts makes them, for rows that statements make: sorted by time to the millisecond.
create function uuid_v7() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

-- Who wants to be told, and of what: types (`order.confirmed`) or kinds (`order.*`).
create table webhook_endpoints (
  id uuid primary key,
  url text not null,
  events text[] not null check (cardinality(events) between 1 and 50),
  -- They sign; sealed where there are keys for that. The earlier one signs beside the newer for a while.
  secret text not null check (secret ~ '^(whsec_|sealed:)'),
  previous_secret text check (previous_secret ~ '^(whsec_|sealed:)'),
  previous_secret_until timestamptz,
  disabled_at timestamptz,
  disabled_reason text check (disabled_reason in ('asked', 'gone', 'failing')),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  deleted_at timestamptz,
  check ((previous_secret is null) = (previous_secret_until is null)),
  check ((disabled_at is null) = (disabled_reason is null))
);

-- Where deliveries go: an endpoint, under its own id, or the callbacks of one API key to one origin. One run at a time sees
-- to each, so that one that hangs holds up no other.
create table webhook_destinations (
  id uuid primary key,
  -- Both null for an endpoint. No key: the callback was asked for while the API was open.
  api_key_id uuid references api_keys (id),
  origin text,
  -- Goes up whenever a run takes it over; whoever comes with an older number has lost it.
  turn integer not null default 0,
  -- Until then somebody sees to it, or it is left alone.
  taken_until timestamptz,
  -- Turns in a row in which nothing got through.
  fruitless_turns integer not null default 0,
  last_success_at timestamptz,
  -- What failed behind this delivery is to be tried anew.
  recover_after uuid,
  created_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create unique index webhook_destinations_callbacks on webhook_destinations (origin, api_key_id) nulls not distinct
  where origin is not null;

-- One message for one destination. No foreign key to it: commits that owe something at once would all lock its row.
create table webhook_deliveries (
  destination_id uuid not null,
  id uuid not null default uuid_v7(),
  -- `webhook-id`: the same however often it is sent, and for every endpoint that is told of the same thing.
  message_id text not null check (message_id ~ '^[A-Za-z0-9_-]{1,200}$'),
  type text not null,
  occurred_at timestamptz not null,
  -- Ids, codes and amounts, never personal data.
  data jsonb not null,
  -- Of a callback; an endpoint has one of its own.
  url text,
  -- The trace of the request that it all began with.
  trace_parent text,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  -- Failed attempts in a row: how far it has come on the ladder.
  failures integer not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  -- The newest ones.
  attempts jsonb not null default '[]',
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (destination_id, id),
  unique (destination_id, message_id),
  check ((status = 'pending') = (ended_at is null))
) with (fillfactor = 80);
create index webhook_deliveries_due on webhook_deliveries (destination_id, due_at) where status = 'pending';
create index webhook_deliveries_age on webhook_deliveries using brin (created_at);

alter table orders add column trace_parent text;

-- What happens to an order or a job is owed to every endpoint that asks for it, in the commit in which it happens: none is
-- lost, and each is owed once. Where there is no endpoint, nothing is written. The types are those of src/domain/webhook.ts.
create function owe_webhooks_of_order() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, trace_parent)
  select id, 'order_' || new.order_id || '_' || new.number, new.type, new.created_at,
    new.data || jsonb_build_object('orderId', new.order_id, 'number', new.number),
    (select trace_parent from orders where id = new.order_id)
  from webhook_endpoints
  where deleted_at is null
    and (new.type = any (events) or split_part(new.type, '.', 1) || '.*' = any (events));
  return null;
end $$;
create trigger order_events_owe_webhooks after insert on order_events for each row
  when (new.type in ('order.accepted', 'order.confirmed', 'order.completed', 'order.failed', 'order.cancelled',
    'order.cancel_requested', 'order.address_changed', 'order.needs_attention', 'order.resolved',
    'shipment.dispatched', 'shipment.delivered'))
  execute function owe_webhooks_of_order();

create function owe_webhooks_of_job() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, trace_parent)
  select endpoint.id, 'job_' || new.job_id || '_' || new.number, new.type, new.created_at,
    new.data || jsonb_build_object('jobId', new.job_id, 'number', new.number, 'type', jobs.type), jobs.trace_parent
  from webhook_endpoints endpoint, jobs
  where jobs.id = new.job_id and deleted_at is null
    and (new.type = any (events) or split_part(new.type, '.', 1) || '.*' = any (events));
  return null;
end $$;
create trigger job_events_owe_webhooks after insert on job_events for each row
  when (new.type in ('job.queued', 'job.completed', 'job.failed', 'job.cancelled', 'job.dead'))
  execute function owe_webhooks_of_job();

-- The secret that comes with an API key can be sealed and rotated too.
alter table api_keys
  drop constraint api_keys_webhook_secret_check,
  add constraint api_keys_webhook_secret_check check (webhook_secret ~ '^(whsec_|sealed:)'),
  add column previous_webhook_secret text check (previous_webhook_secret ~ '^(whsec_|sealed:)'),
  add column previous_webhook_secret_until timestamptz,
  add constraint api_keys_previous_webhook_secret
    check ((previous_webhook_secret is null) = (previous_webhook_secret_until is null));
