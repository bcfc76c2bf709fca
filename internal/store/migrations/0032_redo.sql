-- +goose Up

-- Which execution this one redoes a step of, which step, and what its author asked for beside.
alter table execution add column redo_of bigint not null default 0;
alter table execution add column redo_step text not null default '';
alter table execution add column redo_instructions text not null default '';
create index execution_redo on execution (redo_of) where redo_of > 0;

-- +goose Down
select 1;
