-- What a request may do once: answers that are kept for a repetition, and how often analyses were asked for.

-- A key that a request came with. Without an answer it is under way, or its process died on the way: then the lease
-- lapses. The answer is written in the transaction of the effect, so that there is both or neither.
create table idempotency_key (
  user_id      uuid not null references account (id) on delete cascade,
  key          text not null check (char_length(key) between 1 and 255),
  -- What the request was, hashed: another one may not come with the same key.
  fingerprint  bytea not null,
  -- The fence: who has lost the key to another writes no answer, and with it no effect.
  owner        uuid not null,
  leased_until timestamptz not null,
  expires_at   timestamptz not null,
  answer       bytea,
  primary key (user_id, key)
);

create index idempotency_key_by_expires_at on idempotency_key (expires_at);

-- Each analysis that a user asked for, so that deleting it gives nothing back. Numbers grow with the instants, a user's
-- own, without gaps.
create table analysis_ask (
  user_id uuid not null references account (id) on delete cascade,
  n       bigint not null,
  at      timestamptz not null,
  primary key (user_id, n)
);

create index analysis_ask_by_at on analysis_ask (user_id, at, n);

-- What was asked for in the last day, as far as it is still there.
insert into analysis_ask (user_id, n, at)
select user_id, row_number() over (partition by user_id order by created_at, id), created_at
  from analysis
 where created_at > now() - interval '1 day';
