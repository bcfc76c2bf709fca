-- +goose Up

-- Where a workspace publishes beside its feed. A channel that was deleted stays, so that
-- its slug is never given to another one, and what was published there can still be named.
create table channel (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  slug text not null,
  kind text not null,
  name text not null,
  settings text not null default '{}',
  secret text not null default '',
  content_types text not null default '[]',
  enabled boolean not null,
  error text not null default '',
  checked_at integer not null default 0,
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer not null default 0,
  unique (workspace_id, slug)
);

-- What a channel shows of an item, or should show, or should show no more. It names an item
-- that may be gone: what is published of it must still be taken back.
create table channel_publication (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  content_id integer not null,
  channel_id integer not null references channel(id),
  action text not null,
  version integer not null,
  live_version integer not null default 0,
  status text not null,
  external_id text not null default '',
  url text not null default '',
  error text not null default '',
  notes text not null default '[]',
  content_type text not null,
  snapshot text not null,
  attempts integer not null default 0,
  tried boolean not null default false,
  enqueued boolean not null default false,
  round integer not null default 1,
  claim integer not null default 0,
  claimed_until integer not null default 0,
  queued_at integer not null,
  next_at integer not null default 0,
  at integer not null default 0,
  unique (content_id, channel_id)
);

-- +goose Down
select 1;
