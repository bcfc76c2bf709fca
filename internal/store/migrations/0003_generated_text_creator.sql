-- +goose Up

-- Who asked for a generated text, beside the name, which two keys may share. Texts
-- from before this have neither: only callers who may read everything read them.
alter table message add column created_by_kind text not null default '';
alter table message add column created_by_id bigint not null default 0;

-- +goose Down
select 1;
