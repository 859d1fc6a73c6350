-- The fence of each step (law 4): an undo moves it to `undoing` first, and what lands after that is refused.
create table order_steps (
  order_id uuid not null references orders (id),
  step text not null check (step in ('reserve_stock', 'authorize_payment', 'confirm', 'buy_label', 'capture_payment')),
  state text not null check (state in ('intended', 'landed', 'undoing', 'undone')),
  -- Goes up when the provider has burnt the idempotency keys of this generation.
  key_generation integer not null default 1 check (key_generation between 1 and 1000),
  keys_issued_at timestamptz not null default clock_timestamp(),
  intended_at timestamptz not null default clock_timestamp(),
  -- Until then a request of the newest attempt may still be on its way to the provider; null once it has answered.
  in_flight_until timestamptz,
  landed_at timestamptz,
  undone_at timestamptz,
  primary key (order_id, step),
  check (state <> 'landed' or landed_at is not null),
  check ((state = 'undone') = (undone_at is not null))
);

create table reservations (
  order_id uuid not null references orders (id),
  sku text not null,
  warehouse text not null,
  quantity integer not null check (quantity > 0),
  primary key (order_id, sku, warehouse),
  foreign key (sku, warehouse) references stock (sku, warehouse)
);
create index reservations_stock on reservations (sku, warehouse);

-- One payment an order: a second charge finds no row to stand in.
create table payments (
  order_id uuid primary key references orders (id),
  intent_id text not null unique,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  authorized_at timestamptz,
  capture_before timestamptz,
  captured_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  refund_id text unique,
  voided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint payments_no_overcharge check (captured_minor between 0 and amount_minor),
  constraint payments_no_overrefund check (refunded_minor between 0 and captured_minor)
);

create table shipments (
  id uuid primary key,
  order_id uuid not null references orders (id),
  warehouse text not null,
  reference text not null unique,
  carrier_shipment_id text unique,
  status text check (status in ('label_bought', 'unknown', 'pre_transit', 'in_transit', 'out_for_delivery',
    'available_for_pickup', 'delivered', 'return_to_sender', 'failure', 'error', 'cancelled')),
  carrier text,
  service text,
  tracking_code text,
  tracking_url text,
  label_price_minor bigint,
  label_currency text,
  label_refund text check (label_refund in ('submitted', 'refunded', 'rejected', 'not_applicable')),
  dispatched_at timestamptz,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint shipments_one_label unique (order_id, warehouse),
  check (status is null or tracking_code is not null)
);
create index shipments_tracking on shipments (tracking_code);

-- Double-entry: the postings of one entry sum to zero. Debits are positive.
create table postings (
  order_id uuid not null references orders (id),
  entry text not null,
  account text not null check (account in ('provider_balance', 'sales', 'sales_refunds')),
  amount_minor bigint not null check (amount_minor <> 0),
  currency text not null,
  created_at timestamptz not null default now(),
  primary key (order_id, entry, account)
);

create function check_entry_balances() returns trigger language plpgsql as $$
begin
  if (select sum(amount_minor) from postings where order_id = new.order_id and entry = new.entry) <> 0 then
    raise exception 'entry % of order % does not balance', new.entry, new.order_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger postings_balance after insert or update on postings
  deferrable initially deferred for each row execute function check_entry_balances();
