-- +goose Up

-- What the company knows: texts that were pasted, uploaded, or read from an address or a feed. The body is Markdown.
create table source (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  kind text not null,
  title text not null,
  origin text not null,
  language text not null,
  body text not null,
  words bigint not null,
  -- The feed that an entry came from, and what the feed calls it; 0 and '': none.
  feed_id bigint not null default 0,
  entry text not null default '',
  search text not null,
  error text not null default '',
  revision bigint not null default 1,
  created_at bigint not null,
  updated_at bigint not null,
  refreshed_at bigint not null default 0
);
create index source_list on source (workspace_id, id);
create index source_feed on source (feed_id, entry);

-- The passages of content items and sources, each of about 200 words, with the version that it was cut from. The
-- text is the part of the body from start_at up to end_at, in bytes; point_at is start_at in code points.
create table passage (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  kind text not null,
  owner_id bigint not null,
  version bigint not null,
  title text not null,
  heading text not null,
  start_at bigint not null,
  point_at bigint not null,
  end_at bigint not null,
  body text not null
);
create index passage_owner on passage (workspace_id, kind, owner_id);

-- Items and sources whose passages have to be cut, again or for the first time. marks tells a change that
-- came while they were cut.
create table passage_backlog (
  workspace_id bigint not null references workspace(id),
  kind text not null,
  owner_id bigint not null,
  marks bigint not null,
  primary key (kind, owner_id)
);
insert into passage_backlog (workspace_id, kind, owner_id, marks) select workspace_id, 'item', id, 1 from content;

-- The terms of each passage, with its id as rowid. The program cuts texts into terms; the ASCII tokenizer only takes
-- them apart at the spaces.
create virtual table passage_search using fts5(
  terms, content='', contentless_delete=1, detail=none, tokenize='ascii'
);

-- +goose Down
select 1;
