-- +goose Up

-- A brand voice that was deleted stays for the items and executions that name it. Which
-- one is the default is workspace.voice_id alone; voice.is_default is not read any more.
alter table voice add column deleted_at bigint not null default 0;

-- Every state of a brand voice, with who made it. Of what is older only the present one
-- is known.
create table voice_version (
  workspace_id bigint not null references workspace(id),
  voice_id bigint not null references voice(id),
  n bigint not null,
  author_kind text not null,
  author text not null,
  name text not null,
  body text not null,
  created_at bigint not null,
  primary key (voice_id, n)
);
insert into voice_version (workspace_id, voice_id, n, author_kind, author, name, body, created_at)
  select workspace_id, id, version, 'system', 'Vellocity', name, body, updated_at from voice;

-- Which version of its brand voice an item was written with.
alter table content add column voice_version bigint not null default 0;

-- +goose Down
select 1;
