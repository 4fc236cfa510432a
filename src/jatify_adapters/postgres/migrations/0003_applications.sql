-- The pipeline's statuses, the applications that move through them, and every step they took.

-- The only place that knows which statuses there are.
create table status (
  id       text primary key,
  label    text not null,
  category text not null check (category in ('open', 'interview', 'offer', 'closed')),
  terminal boolean not null,
  position integer not null unique
);

insert into status (id, label, category, terminal, position) values
  ('saved',             'Saved',             'open',      false,  1),
  ('applied',           'Applied',           'open',      false,  2),
  ('hr_interview',      'HR interview',      'interview', false,  3),
  ('user_interview',    'User interview',    'interview', false,  4),
  ('offer',             'Offer',             'offer',     false,  5),
  ('offer_accepted',    'Offer accepted',    'closed',    true,   6),
  ('offer_turned_down', 'Offer turned down', 'closed',    true,   7),
  ('rejected',          'Rejected',          'closed',    true,   8),
  ('ghosted',           'Ghosted',           'closed',    true,   9),
  ('withdrawn',         'Withdrawn',         'closed',    true,  10);

create table application (
  id           uuid not null,
  user_id      uuid not null references account (id) on delete cascade,
  listing_id   uuid not null,
  resume_id    uuid,
  status_id    text not null references status (id),
  applied_on   date,
  cover_letter text,
  notes        text,
  tags         text[] not null,
  follow_up_on date,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  version      integer not null,
  -- Set when its owner deleted it: hidden for good, but its row stays.
  deleted_at   timestamptz,
  primary key (user_id, id),
  foreign key (user_id, listing_id) references listing (user_id, id),
  -- Unlinked by the application before a resume goes: Postgres 14 cannot set one column of two to null by itself.
  foreign key (user_id, resume_id) references resume (user_id, id)
);

create index application_of_listing on application (user_id, listing_id);
create index application_of_resume on application (user_id, resume_id);
create index application_by_created_at on application (user_id, created_at, id) where deleted_at is null;
create index application_by_updated_at on application (user_id, updated_at, id) where deleted_at is null;
-- What was never sent sorts before everything that was.
create index application_by_applied_on on application (user_id, coalesce(applied_on, date '0001-01-01'), id)
  where deleted_at is null;

create table status_change (
  user_id        uuid not null,
  application_id uuid not null,
  seq            bigint generated always as identity,
  status_id      text not null references status (id),
  from_status_id text references status (id),
  at             timestamptz not null,
  note           text,
  primary key (user_id, application_id, seq),
  foreign key (user_id, application_id) references application (user_id, id) on delete cascade
);
