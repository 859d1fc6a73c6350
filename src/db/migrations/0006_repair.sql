-- What a lost run is put right from, what an operator settles by hand, and what the reconciler and the alerts keep.

-- The policy pinned at acceptance (law 12), which a run that has to be started again is given once more. Null for orders
-- accepted before it was kept.
alter table orders add column policy jsonb;

-- From here on the order only unwinds, whichever run does it: into `failed` for this reason, or into `cancelled`.
alter table orders
  add column unwinding_since timestamptz,
  add column unwinding_failure_type text,
  add column unwinding_failure_detail text,
  add constraint orders_unwinding_failure check (
    (unwinding_failure_type is null) = (unwinding_failure_detail is null)
    and (unwinding_failure_type is null or unwinding_since is not null));

-- An operator undid the step by hand and said so (the command `skip`); what the provider did for it is theirs to answer for.
alter table order_steps
  add column settled_at timestamptz,
  add constraint order_steps_settled_is_undone check (settled_at is null or state = 'undone');

-- When the carrier was last asked about the shipment without being told anything new.
alter table shipments add column carrier_checked_at timestamptz;
create index shipments_refund_under_way on shipments (carrier_checked_at) where label_refund = 'submitted';
create index shipments_on_the_way on shipments (updated_at)
  where tracking_code is not null and delivered_at is null and label_refund is null;

-- An alert is the only thing that may be about no order.
alter table outbox
  alter column order_id drop not null,
  drop constraint outbox_kind_check,
  add constraint outbox_kind_check
    check (kind in ('start_order', 'signal_order', 'notice', 'sale', 'sale_reversed', 'alert')),
  add constraint outbox_order check (order_id is not null or kind = 'alert');

-- What operators are told: one alert for each occurrence, whoever notices it.
create table operator_alerts (
  id uuid primary key,
  occurrence text not null unique,
  type text not null,
  order_id uuid,
  facts jsonb not null,
  raised_at timestamptz not null default clock_timestamp(),
  mailed_at timestamptz,
  posted_at timestamptz
);
create index operator_alerts_order on operator_alerts (order_id, raised_at);

-- What the reconciler found and what it did about it. What needs a person stays open until a pass no longer sees it.
create table reconciler_findings (
  id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  order_id uuid,
  action text not null,
  facts jsonb not null default '{}',
  found_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz
);
create unique index reconciler_findings_open on reconciler_findings (kind, subject) where closed_at is null;
create index reconciler_findings_subject on reconciler_findings (kind, subject, found_at);
create index reconciler_findings_order on reconciler_findings (order_id, found_at);
create index reconciler_findings_age on reconciler_findings (found_at);

-- How far the reconciler has looked into what it goes through bit by bit.
create table reconciler_cursors (
  name text primary key,
  at timestamptz not null,
  id uuid
);

-- A refund settled by hand is not in our books, and a hold settled by hand is held by nobody.
create or replace view imbalance_charges as
  select o.id as order_id, o.status, p.captured_minor, p.refunded_minor, b.posted_minor
  from orders o
  left join payments p on p.order_id = o.id
  left join lateral (
    select sum(amount_minor) as posted_minor from postings
    where postings.order_id = o.id and account = 'provider_balance'
  ) b on true
  where coalesce(p.captured_minor - p.refunded_minor, 0) <> coalesce(b.posted_minor, 0)
     or (o.status in ('failed', 'cancelled') and coalesce(p.captured_minor - p.refunded_minor, 0) <> 0
       and not exists (
         select from order_steps st
         where st.order_id = o.id and st.step = 'capture_payment' and st.settled_at is not null))
     or (o.status = 'completed' and coalesce(p.captured_minor, 0) <> o.total_minor);

create or replace view imbalance_holds as
  select o.id as order_id, o.status, 'authorization' as held
  from orders o join payments p on p.order_id = o.id
  where o.status in ('failed', 'cancelled') and p.captured_minor = 0 and p.voided_at is null
    and not exists (
      select from order_steps st
      where st.order_id = o.id and st.step = 'authorize_payment' and st.settled_at is not null)
  union all
  select o.id, o.status, 'stock'
  from orders o join reservations r on r.order_id = o.id
  where o.status in ('completed', 'failed', 'cancelled')
  union all
  select o.id, o.status, 'label'
  from orders o join shipments s on s.order_id = o.id
  where o.status in ('failed', 'cancelled') and s.tracking_code is not null and s.label_refund is null
    and not exists (
      select from order_steps st
      where st.order_id = o.id and st.step = 'buy_label' and st.settled_at is not null)
  union all
  select o.id, o.status, 'step ' || st.step
  from orders o join order_steps st on st.order_id = o.id
  where (o.status in ('failed', 'cancelled') and st.state <> 'undone')
     or (o.status = 'completed' and st.state <> 'landed');
