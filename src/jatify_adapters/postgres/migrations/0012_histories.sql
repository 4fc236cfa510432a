-- Steps that can be named, corrected and taken back, and what an application remembers of its resumes.

-- Row security holds the tables' owner too: for what is filled in below he acts for the house, until this commits.
set local jatify.house = 'on';

-- A history is in the order of `seq`; `at` is what its owner claimed, and what is shown follows from all of them.
-- The defaults are for the previous release, which names none of these while it still runs.
alter table status_change
  add column id          uuid not null default gen_random_uuid(),
  add column recorded_at timestamptz,
  -- What was linked when the step was taken: a copy, since the resume itself may go.
  add column resume      jsonb,
  -- The date that this step gave the application by itself; it goes with the step.
  add column dated       date;
update status_change set recorded_at = at;
alter table status_change alter column recorded_at set default now();
alter table status_change alter column recorded_at set not null;
create unique index status_change_by_id on status_change (user_id, application_id, id);

-- What follows from the history is here too, so that a list need not read histories: since when the status is what it
-- is, and the resume that was sent.
alter table application
  add column status_since timestamptz,
  add column sent_resume  jsonb;
update application
   set status_since = (select max(at) from status_change
                        where status_change.user_id = application.user_id and application_id = application.id);

-- Which resume an application had from when on. No foreign key to the resume: this outlives it, and whether it is still
-- there is asked when this is read.
create table resume_link (
  user_id        uuid not null,
  application_id uuid not null,
  seq            bigint generated always as identity,
  at             timestamptz not null,
  resume         jsonb,
  primary key (user_id, application_id, seq),
  foreign key (user_id, application_id) references application (user_id, id) on delete cascade
);

insert into resume_link (user_id, application_id, at, resume)
select application.user_id, application.id, application.created_at,
       jsonb_build_object('resume_id', resume.id, 'name', resume.name, 'filename', resume.filename,
                          'sha256', resume.sha256)
  from application
  join resume on resume.user_id = application.user_id and resume.id = application.resume_id
 order by application.created_at, application.id;

select jatify_wall('resume_link');
