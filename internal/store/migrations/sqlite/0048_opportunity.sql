-- +goose Up

-- Deals that are sold together with AWS. The value is in ten-thousandths of the currency's main unit; days are
-- texts (2026-03-01), which sort as they should.
create table opportunity (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  title text not null,
  customer text not null,
  website text not null default '',
  country text not null default '',
  aws_account text not null default '',
  problem text not null default '',
  deal_type text not null default '',
  amount bigint not null default 0,
  currency text not null default '',
  decimals bigint not null default 0,
  next_step text not null default '',
  next_step_on text not null default '',
  close_on text not null default '',
  listing_id bigint not null default 0,
  stage text not null,
  lost_reason text not null default '',
  search text not null,
  origin text not null default 'local',
  remote_id text not null default '',
  synced_at bigint not null default 0,
  revision bigint not null default 1,
  staged_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index opportunity_workspace on opportunity (workspace_id, updated_at, id);
create index opportunity_stage on opportunity (workspace_id, stage, updated_at, id);

-- The stages of each deal: when it got there, who moved it and why.
create table opportunity_stage_change (
  id integer primary key autoincrement,
  workspace_id bigint not null references workspace(id),
  opportunity_id bigint not null references opportunity(id),
  from_stage text not null,
  to_stage text not null,
  reason text not null default '',
  lost_reason text not null default '',
  actor_kind text not null,
  actor text not null,
  amount bigint not null,
  currency text not null,
  decimals bigint not null,
  at bigint not null
);
create index opportunity_stage_change_deal on opportunity_stage_change (opportunity_id, id);
create index opportunity_stage_change_at on opportunity_stage_change (workspace_id, to_stage, at);

-- Analytics count in periods: these indexes have all that they read.
create index execution_status_created on execution (workspace_id, status, created_at);
create index execution_capability_created on execution (workspace_id, capability, created_at);
create index content_type_created on content (workspace_id, content_type, created_at);
create index content_published on content (workspace_id, published_at) where published_at > 0;

-- +goose Down
select 1;
