-- +goose Up

-- Which items of executions a workspace lets move on by themselves.
create table board_rule (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  name text not null,
  condition text not null,
  move_to text not null,
  enabled boolean not null,
  place integer not null,
  owner_kind text not null,
  owner_id integer not null,
  owner text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null
);
create index board_rule_place on board_rule (workspace_id, place, id);

-- +goose Down
select 1;
