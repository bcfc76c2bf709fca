-- +goose Up

-- The writer templates of workspaces. Those that ship with the program have the ids up to 1000.
create table writer_template (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  slug text not null,
  title text not null,
  description text not null,
  category text not null,
  content_type text not null,
  fields text not null,
  prompt text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  unique (workspace_id, slug)
);
insert into sqlite_sequence (name, seq) values ('writer_template', 1000);

-- The templates that a caller has marked: each person and each key for itself.
create table writer_favorite (
  workspace_id integer not null references workspace(id),
  actor_kind text not null,
  actor_id integer not null,
  template_id integer not null,
  created_at integer not null,
  primary key (workspace_id, actor_kind, actor_id, template_id)
);

-- The template that a generated text is written from ("": a free prompt), what it is called in lists, and
-- what a search finds it by.
alter table message add column template text not null default '';
alter table message add column title text not null default '';
alter table message add column search text not null default '';
-- Whether a caller has asked its writer, on whatever node, to end it.
alter table message add column stopped integer not null default 0;
create index message_own on message (workspace_id, created_by_kind, created_by_id, id);
create index message_built on message (created_at) where status = 'built';

-- The content item that a result of a generated text was saved as, and what was given with it.
create table message_save (
  message_id integer not null references message(id),
  result integer not null,
  content_id integer not null,
  given text not null,
  primary key (message_id, result)
);

-- +goose Down
select 1;
