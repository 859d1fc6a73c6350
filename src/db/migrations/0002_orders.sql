create table orders (
  id uuid primary key,
  status text not null default 'pending'
    check (status in ('pending', 'processing', 'confirmed', 'completed', 'failed', 'cancelled')),
  payment_status text not null default 'none'
    check (payment_status in
      ('none', 'authorized', 'captured', 'voided', 'partially_refunded', 'refunded', 'declined')),
  fulfillment_status text not null default 'none'
    check (fulfillment_status in
      ('none', 'reserved', 'partially_shipped', 'shipped', 'delivered', 'returned', 'released')),
  waiting_on text check (waiting_on in ('approval', 'payment_action', 'stock', 'operator')),
  attention_step text,
  attention_reason text,
  attention_since timestamptz,
  failure_type text,
  failure_detail text,
  cancel_requested_at timestamptz,
  customer_id text not null,
  customer_email text not null,
  customer_name text not null,
  shipping_address jsonb not null,
  payment_method text not null,
  metadata jsonb not null default '{}',
  total_minor bigint not null check (total_minor between 1 and 99999999),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  last_event_number integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((attention_step is null) = (attention_since is null)),
  check ((attention_step is null) = (attention_reason is null)),
  check ((failure_type is null) = (failure_detail is null)),
  check (status <> 'failed' or failure_type is not null),
  check (status <> 'cancelled' or cancel_requested_at is not null)
) with (fillfactor = 70);
create index orders_open on orders (created_at) where status in ('pending', 'processing', 'confirmed');
create index orders_attention on orders (attention_since) where attention_since is not null;
create index orders_created on orders (created_at, id);

-- The transition table of src/domain/order.ts, held by the database as well.
create function check_order_transition() returns trigger language plpgsql as $$
begin
  if not (
    (old.status = 'pending' and new.status in ('processing', 'failed', 'cancelled')) or
    (old.status = 'processing' and new.status in ('confirmed', 'failed', 'cancelled')) or
    (old.status = 'confirmed' and new.status in ('completed', 'failed', 'cancelled'))
  ) then
    raise exception 'an order cannot go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger orders_transition before update of status on orders
  for each row when (old.status is distinct from new.status) execute function check_order_transition();

create table order_lines (
  order_id uuid not null references orders (id),
  line_number integer not null,
  sku text not null,
  name text not null,
  quantity integer not null check (quantity between 1 and 1000),
  unit_price_minor bigint not null check (unit_price_minor > 0),
  weight_grams integer not null,
  primary key (order_id, line_number),
  unique (order_id, sku)
);

-- What happened to an order, numbered per order under its row lock: the source of reads, timelines and live streams.
create table order_events (
  order_id uuid not null references orders (id),
  number integer not null,
  type text not null,
  data jsonb not null default '{}',
  duration_ms integer,
  created_at timestamptz not null default clock_timestamp(),
  primary key (order_id, number)
);

-- Who asked for what, and why; written in the transaction that accepts it.
create table order_commands (
  id uuid primary key,
  order_id uuid not null references orders (id),
  kind text not null check (kind in ('cancel', 'approve', 'reject', 'retry', 'skip')),
  requested_by text not null,
  reason text,
  created_at timestamptz not null default now()
);
create index order_commands_order on order_commands (order_id, created_at);
