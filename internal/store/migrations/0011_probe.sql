-- +goose Up
-- One row for each node: when it last tried whether the database takes writes.
create table probe (
    node text primary key,
    at bigint not null
);
