-- Short jobs that were handed over together share the run in which each has its first attempt.
alter table jobs add column batch uuid;
