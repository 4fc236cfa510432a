-- Each user's own pipeline, and by what the twins of a listing are found.

-- The tables are walled: who migrates keeps the house meanwhile, or he would find nothing in them to bring along.
select set_config('jatify.house', 'on', true);

-- `status` goes on saying which statuses Jatify ships, and is still the only place that does; each user has copies of
-- them, to rename, reorder and retire, and beside them statuses of his own.
create table pipeline_status (
  user_id  uuid not null references account (id) on delete cascade,
  id       text not null,
  label    text not null,
  category text not null check (category in ('open', 'interview', 'offer', 'closed')),
  terminal boolean not null,
  position integer not null,
  own      boolean not null,
  retired  boolean not null,
  version  integer not null,
  primary key (user_id, id),
  -- Asked at the end of each statement: one that reorders lets two have the same place while it is at it.
  unique (user_id, position) deferrable
);

select jatify_wall('pipeline_status');

insert into pipeline_status (user_id, id, label, category, terminal, position, own, retired, version)
select account.id, status.id, label, category, terminal, position, false, false, 1
  from account cross join status;

-- By a trigger, so that an account of the previous release, which knows nothing of it, has its pipeline as well.
create function jatify_accounts_begin_with_what_is_shipped() returns trigger language plpgsql as $$
begin
  insert into pipeline_status (user_id, id, label, category, terminal, position, own, retired, version)
  select new.id, status.id, label, category, terminal, position, false, false, 1
    from status;
  return null;
end
$$;

create trigger accounts_begin_with_what_is_shipped after insert on account
  for each row execute function jatify_accounts_begin_with_what_is_shipped();

-- What an application is in, and was in, is a status of its owner's.
alter table application drop constraint application_status_id_fkey;
alter table application add foreign key (user_id, status_id) references pipeline_status (user_id, id);
alter table status_change drop constraint status_change_status_id_fkey;
alter table status_change add foreign key (user_id, status_id) references pipeline_status (user_id, id);
-- From where a step came was the status of another step of the same history.
alter table status_change drop constraint if exists status_change_from_status_id_fkey;

-- Digests, made by the application, of what is the same about two listings however they were written. Null where
-- nobody has made them yet: for listings that were here before, and for those of the previous release. Whoever looks
-- for twins makes them first. A later release that leaves other things out sets `title_key` to null again.
alter table listing add column url_key text, add column title_key text;
create index listing_by_url_key on listing (user_id, url_key) where url_key is not null;
create index listing_by_title_key on listing (user_id, title_key) where title_key is not null;
create index listing_without_keys on listing (user_id) where title_key is null;
