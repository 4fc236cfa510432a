-- What is remembered of attempts to log in and to register, so that all processes count together and a crash forgets
-- nothing. Whom it is about stands here as a digest alone. It is nobody's: an e-mail without an account counts too.

create table throttle (
  key         bytea primary key,
  failures    integer not null,
  -- When attempts were admitted that still matter; the limits keep it short.
  recent      timestamptz[] not null,
  waits_until timestamptz,
  forget_at   timestamptz not null
);

-- Every attempt that is let through sweeps a few forgotten rows away, the oldest first.
create index throttle_to_forget on throttle (forget_at);
