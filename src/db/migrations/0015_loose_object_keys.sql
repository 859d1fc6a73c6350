-- The check of 0014 repeats more often than a regular expression of Postgres may, so that every insert failed.
alter table loose_objects
  drop constraint loose_objects_key_check,
  add constraint loose_objects_key_check check (key ~ '^[A-Za-z0-9][A-Za-z0-9._/-]*$' and length(key) <= 300);
