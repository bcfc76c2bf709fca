-- +goose Up

-- Products on AWS Marketplace. fields, score and changed are JSON; search is what a list finds a listing by.
create table listing (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  catalog_type text not null,
  title text not null,
  fields text not null,
  score text not null,
  overall bigint not null,
  grade text not null,
  search text not null,
  origin text not null default 'local',
  remote_id text not null default '',
  synced_at bigint not null default 0,
  revision bigint not null default 1,
  created_at bigint not null,
  updated_at bigint not null
);
create index listing_workspace on listing (workspace_id, updated_at, id);

-- Each state of a listing: who wrote it, which fields differ from the state before, and its score.
create table listing_version (
  workspace_id bigint not null references workspace(id),
  listing_id bigint not null references listing(id),
  n bigint not null,
  author_kind text not null,
  author text not null,
  reason text not null default '',
  changed text not null,
  content_id bigint not null default 0,
  fields text not null,
  overall bigint not null,
  grade text not null,
  created_at bigint not null,
  primary key (listing_id, n)
);

-- The listing that an item was written for; 0: none. It may have been deleted since.
alter table content add column listing_id bigint not null default 0;
create index content_listing on content (listing_id, id) where listing_id > 0;

-- +goose Down
select 1;
