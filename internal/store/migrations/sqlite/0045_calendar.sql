-- +goose Up

-- What stands on the calendar of a workspace, with or without something that is done at its
-- time. until_at is the first instant after it, by which a list of a time range finds it.
-- due_at is when the clock looks at it next; 0: never.
create table calendar_event (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  campaign_id bigint not null default 0,
  title text not null,
  description text not null default '',
  starts_at bigint not null,
  ends_at bigint not null default 0,
  until_at bigint not null,
  all_day boolean not null,
  timezone text not null,
  event_type text not null,
  channel text not null,
  color text not null default '',
  icon text not null default '',
  status text not null,
  planned_at bigint not null default 0,
  action text not null default '',
  content_id bigint not null default 0,
  channels text not null default '[]',
  template text not null default '',
  inputs text not null default '{}',
  state text not null default '',
  reason text not null default '',
  execution_id bigint not null default 0,
  published bigint not null default 0,
  owner_kind text not null,
  owner_id bigint not null,
  due_at bigint not null default 0,
  paused boolean not null,
  sequence bigint not null,
  version bigint not null,
  created_by text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index calendar_event_time on calendar_event (workspace_id, starts_at, id);
create index calendar_event_campaign on calendar_event (campaign_id, starts_at) where campaign_id > 0;
create index calendar_event_content on calendar_event (content_id) where content_id > 0;
create index calendar_event_due on calendar_event (due_at) where due_at > 0 and not paused;

-- Each instant at which the action of an event was due, once, with what came of it.
create table calendar_outcome (
  id integer primary key autoincrement,
  workspace_id bigint not null,
  event_id bigint not null references calendar_event(id) on delete cascade,
  due_at bigint not null,
  action text not null,
  state text not null,
  reason text not null default '',
  content_id bigint not null default 0,
  published bigint not null default 0,
  execution_id bigint not null default 0,
  at bigint not null,
  unique (event_id, due_at)
);

-- Plans of calendar events around a start day.
create table campaign (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  name text not null,
  goal text not null default '',
  start_date text not null,
  end_date text not null default '',
  timezone text not null,
  template text not null default '',
  inputs text not null default '{}',
  plan text not null default '[]',
  status text not null,
  completes_at bigint not null default 0,
  started_at bigint not null default 0,
  resumed_at bigint not null default 0,
  owner_kind text not null,
  owner_id bigint not null,
  version bigint not null,
  created_by text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index campaign_workspace on campaign (workspace_id, id);
create index campaign_over on campaign (completes_at) where status = 'active';

-- Secrets with which calendar programs read a calendar. The hash is the SHA-256 of the
-- secret in the address.
create table feed_token (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  name text not null,
  hash text not null unique,
  types text not null default '[]',
  channels text not null default '[]',
  campaign_id bigint not null default 0,
  creator_kind text not null,
  creator_id bigint not null,
  created_by text not null,
  created_at bigint not null,
  last_used_at bigint not null default 0,
  revoked_at bigint not null default 0
);
create index feed_token_workspace on feed_token (workspace_id, id);

-- +goose Down
select 1;
