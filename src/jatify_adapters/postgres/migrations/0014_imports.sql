-- Tables that were imported, so that each can be taken back as a whole.

create table import (
  id           uuid not null,
  user_id      uuid not null references account (id) on delete cascade,
  filename     text not null,
  created_at   timestamptz not null,
  applications integer not null,
  listings     integer not null,
  undone_at    timestamptz,
  -- What the first undo told: whoever asks once more is told the same.
  undone       jsonb,
  primary key (user_id, id)
);

create index import_by_created_at on import (user_id, created_at, id);

select jatify_wall('import');

-- With which import a row came. Most came with none, so the indexes are of those alone that did.
alter table listing add column import_id uuid;
alter table listing add foreign key (user_id, import_id) references import (user_id, id);
create index listing_of_import on listing (user_id, import_id) where import_id is not null;

alter table application add column import_id uuid;
alter table application add foreign key (user_id, import_id) references import (user_id, id);
create index application_of_import on application (user_id, import_id) where import_id is not null;
