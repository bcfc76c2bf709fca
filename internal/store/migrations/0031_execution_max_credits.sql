-- +goose Up

-- The most credits that an execution may spend, as JSON; empty where its caller set no limit.
alter table execution add column max_credits text not null default '';

-- +goose Down
select 1;
