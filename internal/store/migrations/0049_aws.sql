-- +goose Up

-- A workspace's connection to AWS: the role in its account that this server assumes. asked counts requests to sync, done is
-- the last of them that was answered.
create table aws_connection (
  workspace_id bigint not null primary key references workspace(id),
  role_arn text not null,
  asked bigint not null default 0,
  done bigint not null default 0,
  next_sync_at bigint not null,
  synced_at bigint not null default 0,
  error text not null default '',
  revision bigint not null default 1,
  created_at bigint not null,
  updated_at bigint not null
);

-- What AWS had of a listing when both were last the same, as JSON; the fields that have changed in both places since, and
-- what AWS has of them.
alter table listing add column remote_fields text not null default '{}';
alter table listing add column conflict text not null default '[]';
alter table listing add column theirs text not null default '{}';
create unique index listing_remote on listing (workspace_id, remote_id) where remote_id <> '';

-- +goose Down
select 1;
