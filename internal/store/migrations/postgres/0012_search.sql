-- +goose Up

-- What a search finds: the terms of each item. The program cuts texts into terms, so
-- that no text search configuration takes part.
create table content_search (
  content_id bigint primary key,
  terms tsvector not null
);
create index content_search_terms on content_search using gin (terms);

-- Items that have no terms yet: those from before this.
create table search_backlog (
  content_id bigint not null primary key
);
insert into search_backlog (content_id) select id from content;

-- +goose Down
select 1;
