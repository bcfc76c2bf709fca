-- +goose Up

-- How far each durable consumer of events has come in the log.
create table consumer (
  name text primary key,
  xid bigint not null,
  pos bigint not null,
  last_error text not null default '',
  updated_at bigint not null
);

drop table cursor;

-- +goose Down
select 1;
