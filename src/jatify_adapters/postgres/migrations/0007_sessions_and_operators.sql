-- What people see and change of their own accounts, and who sees everybody's queue.

alter table account
  -- Set by the command line alone.
  add column is_operator boolean not null default false,
  -- Of what its owner writes about himself; a password is none of that.
  add column version     integer not null default 1;

-- A user's logins in the order in which they are listed; whatever asked the old index for a user, asks this one.
create index session_by_created_at on session (user_id, created_at, id);
drop index session_of_user;

-- Those that have ended are swept by their age, whosever they are.
create index session_by_expires_at on session (expires_at);

-- Everybody's dead letters, for operators. A letter is written once in a job's life, so that the index costs little.
create index dead_letter_of_all_by_failed_at on dead_letter (failed_at, id);
