create table products (
  sku text primary key check (sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text not null check (length(name) between 1 and 200),
  price_minor bigint not null check (price_minor between 1 and 99999999),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  weight_grams integer not null default 500 check (weight_grams between 1 and 70000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table stock (
  sku text not null references products (sku),
  warehouse text not null check (warehouse ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
  on_hand integer not null default 0 check (on_hand >= 0),
  reserved integer not null default 0 check (reserved >= 0),
  updated_at timestamptz not null default now(),
  primary key (sku, warehouse),
  constraint stock_no_oversell check (reserved <= on_hand)
) with (fillfactor = 50); -- Hot rows: room on the page for heap-only updates.

-- Every change of on_hand, signed: what comes in is positive, what goes out negative.
create table stock_movements (
  id bigint generated always as identity primary key,
  sku text not null,
  warehouse text not null,
  kind text not null check (kind in ('received', 'adjusted', 'shipped', 'restocked')),
  quantity integer not null check (quantity <> 0),
  order_id uuid,
  created_at timestamptz not null default now(),
  foreign key (sku, warehouse) references stock (sku, warehouse),
  check (kind = 'adjusted' or (kind = 'shipped') = (quantity < 0)),
  check (kind not in ('shipped', 'restocked') or order_id is not null)
);
create index stock_movements_stock on stock_movements (sku, warehouse);
create unique index stock_movements_shipped_once on stock_movements (order_id, sku, warehouse) where kind = 'shipped';
