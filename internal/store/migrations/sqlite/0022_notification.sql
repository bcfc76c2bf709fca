-- +goose Up

-- What a person of a workspace, or one of its notification addresses, is notified of:
-- one row for a recipient and an event. It is in the inbox, in an e-mail, or both.
create table notification (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  user_id integer not null default 0,
  address text not null default '',
  kind text not null,
  execution_id integer not null default 0,
  content_id integer not null default 0,
  event_id text not null,
  title text not null default '',
  detail text not null default '',
  in_app boolean not null,
  email text not null,
  email_id integer not null default 0,
  created_at integer not null,
  read_at integer not null default 0,
  unique (workspace_id, user_id, address, kind, event_id)
);
create index notification_inbox on notification (workspace_id, user_id, id) where in_app;
create index notification_unread on notification (workspace_id, user_id, id) where in_app and read_at = 0;
create index notification_digest on notification (workspace_id, user_id, address, created_at)
  where email = 'digest' and email_id = 0;
create index notification_email on notification (email_id) where email_id > 0;
create index notification_created on notification (created_at);

-- E-mails with notifications: what is sent, was sent, or was given up and why.
create table email (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  user_id integer not null default 0,
  address text not null default '',
  digest_day text not null default '',
  message_id text not null,
  status text not null,
  tries integer not null default 0,
  error text not null default '',
  created_at integer not null,
  ended_at integer not null default 0
);
create unique index email_digest on email (workspace_id, user_id, address, digest_day) where digest_day <> '';
create index email_recipient on email (workspace_id, user_id, address, created_at);
create index email_created on email (created_at);

-- How a person wants to be notified in a workspace.
create table notification_setting (
  workspace_id integer not null references workspace(id),
  user_id integer not null,
  email text not null default '',
  choices text not null default '{}',
  primary key (workspace_id, user_id)
);

-- +goose Down
select 1;
