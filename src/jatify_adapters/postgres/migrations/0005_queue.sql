-- The queue: jobs that live, and dead letters, which are jobs that failed for good. A job is in one of them or, with its
-- result recorded, in neither; never in both.

-- Only live rows, so that the table stays small whatever was done before. Ids only in `payload`: no resume text here.
create table job (
  id               uuid primary key,
  -- First in, first out among jobs with the same `sort_at`, such as those of one transaction.
  seq              bigint generated always as identity,
  user_id          uuid not null,
  kind             text not null check (char_length(kind) between 1 and 64),
  payload          jsonb not null,
  dedup_key        text,
  status           text not null default 'pending' check (status in ('pending', 'processing')),
  available_at     timestamptz not null default now(),
  -- Orders, does not delay: with fair spacing it lies ahead of `available_at`.
  sort_at          timestamptz not null default now(),
  enqueued_at      timestamptz not null,
  attempt          smallint not null default 0,   -- may be given back
  max_attempts     smallint not null check (max_attempts > 0),
  run              integer not null default 0,    -- the fence: one more with each claim, never less
  crashes          smallint not null default 0,
  snoozes          smallint not null default 0,
  requeues         smallint not null default 0,
  claimed_at       timestamptz,
  lease_expires_at timestamptz,
  locked_by        text,                          -- for people only
  -- Whose session lock tells that it lives; null where only the lease tells.
  owner            integer,
  errors           jsonb not null default '[]',
  analysis_id      uuid generated always as (case when kind = 'analysis' then id end) stored,
  -- A job's user is vouched for by its analysis. Deferred, because it is enqueued a moment before that row.
  foreign key (user_id, analysis_id) references analysis (user_id, id)
    on delete cascade deferrable initially deferred,
  constraint lease_iff_processing check ((status = 'processing')
    = (lease_expires_at is not null and claimed_at is not null and locked_by is not null))
) with (
  -- Room in each page, so that renewing a lease, which no index knows of, rewrites the row in place.
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_cost_limit = 2000,
  -- Giving pages back to the system takes a lock that stops everybody.
  vacuum_truncate = false
);

create index job_claim on job (sort_at, seq) where status = 'pending';
create index job_running on job (id) where status = 'processing';
create index job_of_user on job (user_id, sort_at);
create unique index job_dedup on job (dedup_key) where dedup_key is not null;

-- A uuid of version 7 for rows that the database makes by itself; uuidv7() is built in only from Postgres 18 on.
create function jatify_uuid7() returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

create table dead_letter (
  id           uuid primary key default jatify_uuid7(),
  job_id       uuid not null unique,
  user_id      uuid not null,
  kind         text not null,
  payload      jsonb not null,
  dedup_key    text,
  reason       text not null,
  message      text not null,                     -- safe to show
  errors       jsonb not null,
  attempts     smallint not null,
  max_attempts smallint not null,
  run          integer not null,                  -- goes on from here when the job lives again
  requeues     smallint not null,
  enqueued_at  timestamptz not null,
  failed_at    timestamptz not null default now(),
  analysis_id  uuid generated always as (case when kind = 'analysis' then job_id end) stored,
  foreign key (user_id, analysis_id) references analysis (user_id, id) on delete cascade
);

create index dead_letter_by_failed_at on dead_letter (user_id, failed_at, id);

-- Kinds of job that nobody claims for now, because every call would fail alike.
create table queue_pause (
  kind     text primary key,
  reason   text not null,
  message  text not null,
  since    timestamptz not null default now(),
  probe_at timestamptz not null,
  probes   smallint not null
);

-- The errors of a job with one more, the oldest dropped where there are `kept` already.
create function jatify_errors_with(errors jsonb, kept integer, attempt integer, reason text, message text)
returns jsonb language sql stable as $$
  select case when jsonb_array_length(errors) >= kept then errors - 0 else errors end
    || jsonb_build_object('attempt', attempt, 'at', now(), 'reason', reason, 'message', message)
$$;
