-- +goose Up

-- An agent that was deleted stays for the items and executions that name it.
alter table agent add column deleted_at bigint not null default 0;

-- Finds what an agent's executions of one day cost.
create index execution_agent_day on execution (agent_id, created_at);

-- +goose Down
select 1;
