-- +goose Up

-- Which item was made from which: as a copy, or by an execution that read it. A source
-- may have been deleted since; ids are never reused.
create table content_source (
  workspace_id bigint not null references workspace(id),
  content_id bigint not null references content(id),
  source_id bigint not null,
  kind text not null,
  version bigint not null,
  primary key (content_id, source_id)
);
create index content_source_source on content_source (source_id, content_id);

-- Lists of items in these orders.
create index content_updated on content (workspace_id, updated_at, id);

-- +goose Down
select 1;
