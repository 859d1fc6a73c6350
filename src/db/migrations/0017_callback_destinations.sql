-- Where callbacks went and go no more is forgotten, so that nobody looks there for ever: a destination that nothing is owed to
-- is retired first, and gone only when no commit can be under way any more that had found it before.
alter table webhook_destinations
  add column retired_at timestamptz,
  add constraint webhook_destinations_retired check (retired_at is null or origin is not null);
