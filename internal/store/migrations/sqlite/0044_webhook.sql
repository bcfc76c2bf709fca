-- +goose Up

-- Addresses of a workspace that get its events as signed requests.
create table webhook (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  url text not null,
  events text not null,
  description text not null,
  active boolean not null,
  owner_id bigint not null,
  secret text not null default '',
  old_secret text not null default '',
  old_secret_until bigint not null default 0,
  disabled text not null default '',
  disabled_at bigint not null default 0,
  last_triggered_at bigint not null default 0,
  last_response_code bigint not null default 0,
  failure_count bigint not null default 0,
  failing_since bigint not null default 0,
  warned_at bigint not null default 0,
  held_until bigint not null default 0,
  next_at bigint not null default 0,
  claim bigint not null default 0,
  claimed_by text not null default '',
  claimed_until bigint not null default 0,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint not null default 0
);
create index webhook_workspace on webhook (workspace_id, id);
create index webhook_due on webhook (next_at) where active and next_at > 0;

-- Each event on its way to each webhook, with what came of it.
create table webhook_delivery (
  id integer primary key autoincrement,
  workspace_id bigint not null,
  webhook_id bigint not null references webhook(id),
  message_id text not null,
  event_id text not null,
  event text not null,
  order_key bigint not null,
  body text not null,
  test boolean not null,
  status text not null,
  tries bigint not null default 0,
  attempts text not null default '[]',
  next_at bigint not null default 0,
  created_at bigint not null,
  ended_at bigint not null default 0
);
create index webhook_delivery_log on webhook_delivery (webhook_id, id);
create index webhook_delivery_waits on webhook_delivery (webhook_id, id) where status = 'pending';
create index webhook_delivery_due on webhook_delivery (webhook_id, next_at) where status = 'pending';
create index webhook_delivery_failed on webhook_delivery (webhook_id, id) where status = 'failed';

-- +goose Down
select 1;
