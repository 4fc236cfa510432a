-- What changed, for those who watch. A change adds its event in its own transaction; events are kept for a day.

-- Events without a number. In what order transactions commit is known only afterwards: a number that a change took could
-- become visible behind a higher one, and whoever had read that far would miss it. So a reader numbers what has
-- committed. Changes pay for each index and each check, hence none of them here: the table is as good as empty.
create table event_new (
  seq     bigint generated always as identity,  -- of two changes, one of which knew of the other, the later is greater
  user_id uuid not null,
  kind    text not null,
  subject uuid not null,
  state   text,
  version integer,
  at      timestamptz not null default now()
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1,
  autovacuum_vacuum_cost_delay = 0,
  -- Giving pages back to the system takes a lock that stops everybody.
  vacuum_truncate = false
);

-- Events with their numbers. Who gives one holds an advisory lock until he has committed: what is visible is always all
-- there ever is up to the highest number.
create table event (
  id      bigint generated always as identity primary key,
  user_id uuid not null,
  kind    text not null check (kind in ('analysis.updated', 'application.updated', 'dead_letter.added',
                                        'dead_letter.removed')),
  subject uuid not null,
  state   text,
  version integer,
  at      timestamptz not null
);

create index event_of_user on event (user_id, id);

-- Instead of foreign keys. A worker that ends a job has its rows and would then ask for the account's, while whoever
-- deletes the account has that and asks for the others: each would wait for the other. This fires when all that refers
-- to the account is gone, and with it all that could still make an event of it. New ones first: they may be on their
-- way to the others.
create function jatify_events_go_with_accounts() returns trigger language plpgsql as $$
begin
  delete from event_new using gone where event_new.user_id = gone.id;
  delete from event using gone where event.user_id = gone.id;
  return null;
end
$$;

create trigger events_go_with_accounts after delete on account
  referencing old table as gone for each statement execute function jatify_events_go_with_accounts();

-- Whoever ends a session, and however, ends what goes out to it.
create function jatify_ended_sessions_are_told_of() returns trigger language plpgsql as $$
begin
  if exists (select from gone) then
    perform pg_notify('jatify_events', 'sessions');
  end if;
  return null;
end
$$;

create trigger ended_sessions_are_told_of after delete on session
  referencing old table as gone for each statement execute function jatify_ended_sessions_are_told_of();
