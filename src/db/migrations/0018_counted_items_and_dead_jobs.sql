-- What a subject was when it was counted: the round of a job, the call for attention of an order. Null for what was counted
-- before this was kept: that is held to its operation's filter alone.
alter table bulk_operation_items
  add column round integer,
  add column attention_since timestamptz;

-- Dead jobs are kept for longer than others, and a clean-up of the others need not walk over them.
drop index jobs_forgettable;
create index jobs_forgettable on jobs (finished_at)
  where finished_at is not null and unique_slot is null and status <> 'dead';
