-- +goose Up

-- Where each result stands in a generated text, and what the guardrails found in it, as JSON.
alter table message add column results text not null default '[]';

-- +goose Down
select 1;
