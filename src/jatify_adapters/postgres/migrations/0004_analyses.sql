-- What was asked about a resume, and what came of it. That an analysis runs, its attempts so far and its start are read
-- off its job while that lives; this row changes only when it ends or is reopened.

create table analysis (
  id             uuid primary key,
  user_id        uuid not null references account (id) on delete cascade,
  resume_id      uuid not null,
  listing_id     uuid,
  state          text not null check (state in ('queued', 'succeeded', 'failed', 'cancelled')),
  error_code     text,
  error_message  text,
  provider       text not null,
  model          text not null,
  prompt_version text not null,
  -- The shape of its report, for the day on which that changes.
  schema_version smallint not null default 1,
  input_tokens   integer,
  output_tokens  integer,
  cost_usd       numeric,
  attempts       integer not null default 0,
  resume_hash    text not null,
  listing_hash   text,
  inputs_hash    text not null,
  created_at     timestamptz not null,
  started_at     timestamptz,
  finished_at    timestamptz,
  unique (user_id, id),
  foreign key (user_id, resume_id) references resume (user_id, id) on delete cascade,
  foreign key (user_id, listing_id) references listing (user_id, id) on delete cascade,
  constraint error_iff_failed check ((state = 'failed') = (error_code is not null and error_message is not null))
) with (
  -- Room in each page, so that its end rewrites a row in place: no index knows of what changes then.
  fillfactor = 50
);

-- What came of an analysis that succeeded. Apart from it, so that its row stays small, and as text, which is only ever
-- read whole: jsonb, compression and a longer row cost four times as much at each end of a job.
create table analysis_report (
  analysis_id uuid primary key references analysis (id) on delete cascade,
  report      text not null
) with (toast_tuple_target = 8160);

alter table analysis_report alter column report set storage external;

create index analysis_of_resume on analysis (user_id, resume_id, created_at, id);
create index analysis_of_listing on analysis (user_id, listing_id);
create index analysis_by_created_at on analysis (user_id, created_at);
