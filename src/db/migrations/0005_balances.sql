-- Each view is empty when money and stock balance (law 14).

create view imbalance_entries as
  select order_id, entry, sum(amount_minor) as off_by_minor
  from postings group by order_id, entry having sum(amount_minor) <> 0;

-- charged - refunded = owed, and the postings say the same as the payment.
create view imbalance_charges as
  select o.id as order_id, o.status, p.captured_minor, p.refunded_minor, b.posted_minor
  from orders o
  left join payments p on p.order_id = o.id
  left join lateral (
    select sum(amount_minor) as posted_minor from postings
    where postings.order_id = o.id and account = 'provider_balance'
  ) b on true
  where coalesce(p.captured_minor - p.refunded_minor, 0) <> coalesce(b.posted_minor, 0)
     or (o.status in ('failed', 'cancelled') and coalesce(p.captured_minor - p.refunded_minor, 0) <> 0)
     or (o.status = 'completed' and coalesce(p.captured_minor, 0) <> o.total_minor);

-- An order that ended badly holds nothing: no authorization, no stock, no label, no open step.
create view imbalance_holds as
  select o.id as order_id, o.status, 'authorization' as held
  from orders o join payments p on p.order_id = o.id
  where o.status in ('failed', 'cancelled') and p.captured_minor = 0 and p.voided_at is null
  union all
  select o.id, o.status, 'stock'
  from orders o join reservations r on r.order_id = o.id
  where o.status in ('completed', 'failed', 'cancelled')
  union all
  select o.id, o.status, 'label'
  from orders o join shipments s on s.order_id = o.id
  where o.status in ('failed', 'cancelled') and s.tracking_code is not null and s.label_refund is null
  union all
  select o.id, o.status, 'step ' || st.step
  from orders o join order_steps st on st.order_id = o.id
  where (o.status in ('failed', 'cancelled') and st.state <> 'undone')
     or (o.status = 'completed' and st.state <> 'landed');

-- on hand + shipped = received + adjusted + restocked (shipped movements are negative).
create view imbalance_stock as
  select s.sku, s.warehouse, s.on_hand, coalesce(m.moved, 0) as moved
  from stock s
  left join (select sku, warehouse, sum(quantity) as moved from stock_movements group by sku, warehouse) m
    using (sku, warehouse)
  where s.on_hand <> coalesce(m.moved, 0);

-- What is reserved is reserved for somebody, and never more than there is.
create view imbalance_reserved as
  select s.sku, s.warehouse, s.on_hand, s.reserved, coalesce(r.held, 0) as held
  from stock s
  left join (select sku, warehouse, sum(quantity) as held from reservations group by sku, warehouse) r
    using (sku, warehouse)
  where s.reserved <> coalesce(r.held, 0) or s.reserved > s.on_hand;

-- All of them in one, as the reconciler, the health check and the tests read them.
create view imbalances as
  select 'entries' as kind, order_id::text as subject, to_jsonb(v) as facts from imbalance_entries v
  union all select 'charges', order_id::text, to_jsonb(v) from imbalance_charges v
  union all select 'holds', order_id::text, to_jsonb(v) from imbalance_holds v
  union all select 'stock', sku || '/' || warehouse, to_jsonb(v) from imbalance_stock v
  union all select 'reserved', sku || '/' || warehouse, to_jsonb(v) from imbalance_reserved v;

-- Orders that have not ended; empty when the shop is at rest.
create view open_orders as
  select id as order_id, status, waiting_on, attention_step, created_at from orders
  where status in ('pending', 'processing', 'confirmed');
