-- +goose Up

-- Who started an execution and who owns a schedule: what they may do is asked for
-- again when an effect is applied. Empty for what is older.
alter table execution add column starter_kind text not null default '';
alter table execution add column starter_id bigint not null default 0;
alter table schedule add column owner_kind text not null default '';
alter table schedule add column owner_id bigint not null default 0;

-- +goose Down
select 1;
