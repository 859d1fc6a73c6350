-- What a subject was when it was counted: the round of a job, the call for attention of an order. Null for what was counted
-- before this was kept: that is held to its operation's filter alone.
alter table bulk_operation_items
  add column round integer,
  add column attention_since timestamptz;

-- Dead jobs are kept for longer than others, and a clean-up of the others need not walk over them. The new index is made while the
-- old one is there, so that jobs can be read until the end.
create index jobs_forgettable_next on jobs (finished_at)
  where finished_at is not null and unique_slot is null and status <> 'dead';
drop index jobs_forgettable;
alter index jobs_forgettable_next rename to jobs_forgettable;
