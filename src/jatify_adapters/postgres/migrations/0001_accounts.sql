-- Who owns everything, and the logins by which they are known.
-- Every id is made by the application (uuid version 7) unless a default says otherwise.

create table account (
  id            uuid primary key,
  email         text not null,
  -- The address with its case folded by the application, so that "taken" does not depend on the database's locale.
  email_key     text not null unique,
  name          text not null,
  password_hash text not null,
  created_at    timestamptz not null
);

create table session (
  id           uuid primary key,
  user_id      uuid not null references account (id) on delete cascade,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at   timestamptz not null,
  user_agent   text not null
);

create index session_of_user on session (user_id);
