-- What a subject was when it was counted: the round of a job, the call for attention of an order. Null for what was counted
-- before this was kept: that is held to its operation's filter alone.
alter table bulk_operation_items
  add column round integer,
  add column attention_since timestamptz;
