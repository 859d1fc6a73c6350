-- What a commit owes to the world outside: starts, signals, notices, sales figures. At least once, in order per lane.
create table outbox (
  id bigint generated always as identity primary key,
  lane text not null,
  kind text not null check (kind in ('start_order', 'signal_order', 'notice', 'sale', 'sale_reversed')),
  order_id uuid not null,
  payload jsonb not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  last_error text,
  created_at timestamptz not null default now()
) with (fillfactor = 70);
create index outbox_lane on outbox (lane, id);
create index outbox_due on outbox (next_attempt_at, id);

create table idempotency_keys (
  scope text not null,
  key text not null,
  body_hash bytea not null,
  response_status integer not null,
  response_headers jsonb not null default '{}',
  response_body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Webhooks that came in, each once.
create table provider_events (
  provider text not null check (provider in ('stripe', 'easypost')),
  event_id text not null,
  type text not null,
  order_id uuid,
  occurred_at timestamptz,
  received_at timestamptz not null default now(),
  primary key (provider, event_id)
);
create index provider_events_order on provider_events (order_id, received_at);

-- The sent-ledger of notices: a mail already sent is not sent again.
create table notices (
  order_id uuid not null references orders (id),
  kind text not null check (kind in ('confirmed', 'shipped', 'failed', 'cancelled')),
  message_id text not null unique,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (order_id, kind)
);

-- Attempts that failed; no history keeps them.
create table activity_attempts (
  id bigint generated always as identity primary key,
  order_id uuid not null,
  run_id text not null,
  activity text not null,
  attempt integer not null,
  local boolean not null,
  failure_type text not null,
  failure_message text not null,
  worker text not null,
  started_at timestamptz not null,
  duration_ms integer not null
);
create index activity_attempts_order on activity_attempts (order_id, started_at);

-- Sales figures, once per order and line, taken back when the order does not last.
create table sales (
  order_id uuid not null,
  sku text not null,
  quantity integer not null,
  amount_minor bigint not null,
  currency text not null,
  sold_at timestamptz not null,
  reversed_at timestamptz,
  primary key (order_id, sku)
);
create index sales_day on sales (sold_at);
