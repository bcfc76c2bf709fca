-- +goose Up

-- What an opportunity knows of its record in AWS Partner Central: the review status, when AWS last changed it, what both
-- said when they were last the same, what was sent and perhaps got there, the fields that were changed in both places, and
-- whether a change of ours waits. record is AWS's record whole, with what is not read here.
alter table opportunity add column review_status text not null default '';
alter table opportunity add column remote_at text not null default '';
alter table opportunity add column base text not null default '{}';
alter table opportunity add column sent text not null default '{}';
alter table opportunity add column conflict text not null default '[]';
alter table opportunity add column sending text not null default '';
alter table opportunity add column sync_error text not null default '';
alter table opportunity add column record text not null default '';
create unique index opportunity_remote on opportunity (workspace_id, remote_id) where remote_id <> '';
create index opportunity_sending on opportunity (workspace_id, id) where sending <> '';

-- How the sync of opportunities went, up to which change at AWS, which could not be taken in and why, and when the next
-- write may be sent: AWS allows one per second.
alter table aws_connection add column deals_state text not null default '';
alter table aws_connection add column deals_note text not null default '';
alter table aws_connection add column deals_after text not null default '';
alter table aws_connection add column deals_skipped text not null default '{}';
alter table aws_connection add column deals_write_at bigint not null default 0;

-- +goose Down
select 1;
