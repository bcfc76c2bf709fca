-- +goose Up

-- Schedules have become triggers; no door ever made one.
drop table schedule_firing;
drop table schedule;

-- The trigger that started an execution, its place in a chain of triggers, and what its
-- template sees as event.
alter table execution add column trigger_id bigint not null default 0;
alter table execution add column trigger_depth bigint not null default 0;
alter table execution add column event text not null default '';
create index execution_trigger on execution (trigger_id, id) where trigger_id > 0;

-- Who acted; of an execution, which: a trigger must not fire on what its own has done.
alter table event add column actor_id bigint not null default 0;
create index event_named on event (workspace_id, name, id);

-- +goose Down
select 1;
