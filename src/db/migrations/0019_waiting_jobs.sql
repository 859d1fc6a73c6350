-- When a worker was last handed a job of the type and did not know it: nobody has its handler, or workers of the release that has
-- it are still to come.
alter table job_types add column unknown_at timestamptz;

-- For a look whether anything has gone on lately.
create index job_events_time on job_events using brin (created_at) with (autosummarize = on);
