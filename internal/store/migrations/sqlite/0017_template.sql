-- +goose Up

-- The templates of workspaces. Those that ship with the program have the ids up to 1000.
create table template (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  slug text not null,
  name text not null,
  description text not null,
  category text not null,
  input_schema text not null,
  steps text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  unique (workspace_id, slug)
);
insert into sqlite_sequence (name, seq) values ('template', 1000);

-- An execution of a template keeps the template as it was when it was accepted.
alter table execution add column template text not null default '';
alter table execution add column program text not null default '';

-- The items that a step created, for the steps that go on with them.
alter table step add column items text not null default '';

-- +goose Down
select 1;
