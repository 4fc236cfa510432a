-- What to do next: a note for a follow-up, ways to find what is due, and the links by which calendars are read.

alter table application add column follow_up_note text;

-- What is due is asked for by days; most rows have none, and these indexes are as short as what is due.
create index application_by_follow_up_on on application (user_id, follow_up_on, id)
  where follow_up_on is not null and deleted_at is null;
create index listing_by_deadline_on on listing (user_id, deadline_on, id) where deadline_on is not null;

-- Who knows the token reads the calendar, without a login. Nobody finds a token here: of each there is the digest alone,
-- and no salt, since 256 random bits need none.
create table calendar_link (
  user_id      uuid primary key references account (id) on delete cascade,
  digest       bytea not null unique,
  created_at   timestamptz not null,
  last_read_at timestamptz
);

select jatify_wall('calendar_link');
