-- Each filter of the list of orders walks an index, newest first. An order is in one of these from its acceptance on, the
-- one by address; the others are entered once, by the few that need attention and by those that have ended.
create index orders_ended on orders (status, created_at, id) where status in ('completed', 'failed', 'cancelled');
create index orders_needing_attention on orders (created_at, id) where attention_since is not null;
create index orders_customer_email on orders (lower(customer_email), created_at, id);

-- Whether anything has happened lately: events come in the order of their time, so a summary of each range of pages does.
create index order_events_time on order_events using brin (created_at) with (autosummarize = on);

-- The address may change until the label is bought, and who changed it is kept.
alter table order_commands
  drop constraint order_commands_kind_check,
  add constraint order_commands_kind_check
    check (kind in ('cancel', 'approve', 'reject', 'retry', 'skip', 'change_address'));
