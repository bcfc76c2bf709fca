-- +goose Up

-- The signing secret of an external agent, encrypted; empty for any other agent.
alter table agent add column secret text not null default '';

-- +goose Down
select 1;
