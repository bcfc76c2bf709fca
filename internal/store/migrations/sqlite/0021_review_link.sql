-- +goose Up

-- Links with which somebody without an account reviews one version of one item. The
-- hash is the SHA-256 of the secret in the address.
create table review_link (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  content_id integer not null references content(id),
  version integer not null,
  hash text not null unique,
  note text not null,
  created_by text not null,
  starter_kind text not null,
  starter_id integer not null,
  created_at integer not null,
  expires_at integer not null,
  revoked_at integer not null,
  decision text not null,
  decided_by text not null,
  decided_at integer not null,
  reason text not null
);
create index review_link_content on review_link (workspace_id, content_id, id);

-- +goose Down
select 1;
