-- The parents of applications and analyses. Their primary keys begin with the owner, so that whatever refers to them
-- must name the same owner: the database refuses a foreign reference even where code forgets to look.

create table listing (
  id              uuid not null,
  user_id         uuid not null references account (id) on delete cascade,
  company         text not null,
  position        text not null,
  description     text,
  url             text,
  location        text,
  workplace       text check (workplace in ('onsite', 'hybrid', 'remote')),
  employment_type text,
  salary          jsonb,
  source          text,
  posted_on       date,
  deadline_on     date,
  -- What an analyzer reads of the listing, hashed by the application: whether an analysis is stale is then a join.
  content_hash    text not null,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  version         integer not null,
  primary key (user_id, id)
);

-- One index for each order of the list. Texts sort by code point, alike on every server.
create index listing_by_created_at on listing (user_id, created_at, id);
create index listing_by_updated_at on listing (user_id, updated_at, id);
create index listing_by_company on listing (user_id, company collate "C", id);
create index listing_by_position on listing (user_id, position collate "C", id);

create table resume (
  id         uuid not null,
  user_id    uuid not null references account (id) on delete cascade,
  name       text not null,
  filename   text not null,
  media_type text not null,
  size       integer not null,
  sha256     text not null,
  text_hash  text not null,
  pages      integer,
  text_chars integer not null,
  warnings   text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version    integer not null,
  primary key (user_id, id)
);

create index resume_by_created_at on resume (user_id, created_at, id);
create index resume_by_updated_at on resume (user_id, updated_at, id);
create index resume_by_name on resume (user_id, name collate "C", id);

-- The file and its text stand apart, so that no list ever drags them along.
create table resume_file (
  user_id   uuid not null,
  resume_id uuid not null,
  content   bytea not null,
  text      text not null,
  primary key (user_id, resume_id),
  foreign key (user_id, resume_id) references resume (user_id, id) on delete cascade
);

-- PDF and DOCX are compressed already; trying again only costs.
alter table resume_file alter column content set storage external;
