-- +goose Up

-- What people say about an item. The passage is in code points of the version's text;
-- both ends are 0 where a comment is about the whole.
create table comment (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  content_id integer not null references content(id),
  author_kind text not null,
  author_id integer not null,
  author text not null,
  body text not null,
  version integer not null,
  passage_start integer not null,
  passage_end integer not null,
  quote text not null,
  resolved_at integer not null,
  resolved_by text not null,
  created_at integer not null,
  updated_at integer not null,
  revision integer not null
);
create index comment_content on comment (workspace_id, content_id, id);

-- +goose Down
select 1;
