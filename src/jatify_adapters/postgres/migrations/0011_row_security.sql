-- The second wall: what a statement forgets to ask for, whose row it is, the database asks for itself.
--
-- Each transaction says for whom it acts, to its own end only: a user's names him in `jatify.user_id` and sees his rows
-- alone; the house's own, for logins and for the worker, takes the role `jatify_house`, which sees all. Whoever says
-- neither sees nothing, the owner of the tables included. The roles are made by `jatify migrate` where it may, since
-- they are the server's and not this database's; `docs/decisions/0014-row-level-security.md` says why it is so.

-- The report of an analysis says whose it is as well: that row says most about a person.
alter table analysis_report add column user_id uuid;
update analysis_report set user_id = analysis.user_id from analysis where analysis.id = analysis_report.analysis_id;
alter table analysis_report alter column user_id set not null;

-- For whom this transaction acts; null for nobody. A setting that a transaction had to itself is left behind as ''.
create function jatify_user_id() returns uuid language sql stable parallel safe as $$
  select nullif(current_setting('jatify.user_id', true), '')::uuid
$$;

-- Whether the owner of the tables acts for the house. Only he is asked: see the policy `keeper`.
create function jatify_keeps_house() returns boolean language sql stable parallel safe as $$
  select coalesce(current_setting('jatify.house', true), '') = 'on'
$$;

-- Build the wall around a table whose rows belong to the user in its column `whose`: one line for each new table.
create function jatify_wall(walled regclass, whose name default 'user_id') returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', walled);
  -- For its owner, too: he is who Jatify is where it may not have roles of its own.
  execute format('alter table %s force row level security', walled);
  execute format('create policy yours on %s using (%I = jatify_user_id())', walled, whose);
  -- In parentheses of its own it is asked once a statement, and a planner takes it for as likely as not.
  execute format('create policy keeper on %s to current_role using ((select jatify_keeps_house()))', walled);
  if to_regrole('jatify_house') is not null then
    execute format('create policy house on %s to jatify_house using (true)', walled);
  end if;
end
$$;

select jatify_wall('account', 'id');

-- Every other table that says whose its rows are.
do $$
declare
  walled regclass;
begin
  for walled in
    select attrelid from pg_attribute join pg_class on pg_class.oid = attrelid
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and attname = 'user_id' and not attisdropped
     order by relname
  loop
    perform jatify_wall(walled);
  end loop;
end
$$;

-- A window in the wall: how many jobs, whosesoever, are ahead of a user's own, and nothing else about them.
create function jatify_places_ahead(whose uuid, farthest integer) returns table (seq bigint, ahead bigint)
language plpgsql security definer as $$
declare
  before text := current_setting('jatify.house', true);
begin
  -- It runs as the owner, who keeps the house for this one statement. (A setting of the function itself would end with
  -- it, but only a superuser may give it one of a name that the server does not know.)
  perform set_config('jatify.house', 'on', true);
  return query
    select front.seq, front.ahead
      from (
        select job.seq, job.user_id, row_number() over (order by job.sort_at, job.seq) - 1 as ahead
          from job
         where job.status = 'pending'
         order by job.sort_at, job.seq
         limit farthest
      ) as front
     where front.user_id = whose;
  perform set_config('jatify.house', coalesce(before, ''), true);
end
$$;

-- Nobody can put a table of his own in the place of ours.
do $$
begin
  execute format(
    'alter function jatify_places_ahead(uuid, integer) set search_path = pg_catalog, %I, pg_temp', current_schema());
end
$$;
