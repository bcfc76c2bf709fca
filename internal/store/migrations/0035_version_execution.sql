-- +goose Up

-- Which execution wrote a version: a refresh, a redo and a translation write versions of items that others created.
alter table content_version add column execution_id bigint not null default 0;
create index content_version_execution on content_version (execution_id, content_id) where execution_id > 0;

-- +goose Down
select 1;
