-- Sales added up as they are written, in the same statement (src/db/sales.ts), so that no report adds up every sale again.
-- Days are those of UTC.

-- What was sold of a product on a day, without what was taken back since.
create table product_sales_by_day (
  day date not null,
  currency text not null,
  sku text not null,
  quantity bigint not null,
  revenue_minor bigint not null,
  primary key (day, currency, sku)
) with (fillfactor = 70);

-- The same of all days together.
create table product_sales (
  currency text not null,
  sku text not null,
  quantity bigint not null,
  revenue_minor bigint not null,
  primary key (currency, sku)
) with (fillfactor = 70);

-- What was sold on a day, and what was taken back on that day, of whatever day it was sold on: a day that is over keeps its
-- figures.
create table sales_by_day (
  day date not null,
  currency text not null,
  orders bigint not null default 0 check (orders >= 0),
  pieces bigint not null default 0 check (pieces >= 0),
  revenue_minor bigint not null default 0 check (revenue_minor >= 0),
  reversed_orders bigint not null default 0 check (reversed_orders >= 0),
  reversed_pieces bigint not null default 0 check (reversed_pieces >= 0),
  reversed_minor bigint not null default 0 check (reversed_minor >= 0),
  primary key (day, currency)
) with (fillfactor = 70);

-- What has been sold so far; nothing is sold meanwhile.
lock table sales in share row exclusive mode;

insert into product_sales_by_day (day, currency, sku, quantity, revenue_minor)
select (sold_at at time zone 'UTC')::date, currency, sku, sum(quantity), sum(amount_minor)
from sales where reversed_at is null
group by 1, 2, 3;

insert into product_sales (currency, sku, quantity, revenue_minor)
select currency, sku, sum(quantity), sum(revenue_minor) from product_sales_by_day group by 1, 2;

insert into sales_by_day (day, currency, orders, pieces, revenue_minor, reversed_orders, reversed_pieces, reversed_minor)
select day, currency, sum(orders), sum(pieces), sum(revenue_minor), sum(reversed_orders), sum(reversed_pieces),
  sum(reversed_minor)
from (
  select (sold_at at time zone 'UTC')::date as day, currency, count(distinct order_id) as orders, sum(quantity) as pieces,
    sum(amount_minor) as revenue_minor, 0 as reversed_orders, 0 as reversed_pieces, 0 as reversed_minor
  from sales group by 1, 2
  union all
  select (reversed_at at time zone 'UTC')::date, currency, 0, 0, 0, count(distinct order_id), sum(quantity),
    sum(amount_minor)
  from sales where reversed_at is not null group by 1, 2
) as both_ways
group by day, currency;
