-- +goose Up

-- Texts of a listing on their way to AWS Marketplace: what is sent, what AWS had before, and the change sets at AWS that
-- check and apply them. tries counts how often AWS was asked in a status; revision is raised with each step.
create table listing_push (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  listing_id bigint not null references listing(id),
  intent text not null,
  status text not null,
  fields text not null,
  error text not null default '',
  faults text not null default '{}',
  requested_by text not null,
  sent text not null,
  base text not null,
  token text not null,
  entity_type text not null default '',
  entity_state text not null default '',
  check_set text not null default '',
  apply_set text not null default '',
  tries bigint not null default 0,
  revision bigint not null default 1,
  created_at bigint not null,
  ended_at bigint not null default 0
);
create index listing_push_listing on listing_push (listing_id, id);
create unique index listing_push_open on listing_push (listing_id) where ended_at = 0;

-- +goose Down
select 1;
