-- +goose Up

-- What a search finds: the terms of each item, with the item's id as rowid. The program
-- cuts texts into terms; the ASCII tokenizer only takes them apart at the spaces.
create virtual table content_search using fts5(
  terms, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='2 3 4'
);

-- Items that have no terms yet: those from before this.
create table search_backlog (
  content_id bigint not null primary key
);
insert into search_backlog (content_id) select id from content;

-- +goose Down
select 1;
