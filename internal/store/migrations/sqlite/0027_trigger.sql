-- +goose Up

-- What starts executions of templates: at times on a calendar, or after events.
create table workflow_trigger (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  name text not null,
  type text not null,
  cron text not null default '',
  timezone text not null default '',
  event text not null default '',
  filter text not null default '',
  template text not null,
  inputs text not null,
  enabled boolean not null,
  overlap text not null,
  owner_kind text not null,
  owner_id bigint not null,
  next_at bigint not null default 0,
  last_at bigint not null default 0,
  last_error text not null default '',
  failures bigint not null default 0,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index workflow_trigger_workspace on workflow_trigger (workspace_id, id);
create index workflow_trigger_due on workflow_trigger (next_at) where enabled and next_at > 0;
create index workflow_trigger_event on workflow_trigger (event, workspace_id) where enabled and event <> '';

-- Each instant and event of a trigger, once, with what came of it.
create table firing (
  id integer primary key autoincrement,
  trigger_id bigint not null references workflow_trigger(id) on delete cascade,
  workspace_id bigint not null,
  key text not null,
  due_at bigint not null,
  event_id text not null default '',
  outcome text not null,
  reason text not null default '',
  execution_id bigint not null default 0,
  missed bigint not null default 0,
  count bigint not null default 1,
  depth bigint not null default 1,
  by_kind text not null default '',
  by_id bigint not null default 0,
  event text not null default '',
  at bigint not null,
  unique (trigger_id, key)
);
create index firing_newest on firing (trigger_id, id);
create index firing_open on firing (id) where outcome = 'pending' or outcome = 'waiting';

-- +goose Down
select 1;
