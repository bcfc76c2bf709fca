-- +goose Up

-- The installation: its own id, and a canary that only the right master key opens.
create table installation (
  id integer primary key check (id = 1),
  uuid text not null,
  canary text not null,
  created_at integer not null
);

create table workspace (
  id integer primary key autoincrement,
  slug text not null unique,
  name text not null,
  plan text not null,
  timezone text not null,
  voice_id integer not null default 0,
  notify_emails text not null default '[]',
  require_approval boolean not null default false,
  feed_enabled boolean not null default true,
  aws_connected boolean not null default false,
  revision integer not null default 1,
  created_at integer not null
);

create table member (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  user_id integer not null,
  role text not null,
  created_at integer not null,
  unique (workspace_id, user_id)
);

create table person (
  id integer primary key autoincrement,
  name text not null,
  email text not null unique,
  password text not null default '',
  created_at integer not null
);

create table session (
  hash text primary key,
  workspace_id integer not null,
  user_id integer not null,
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null
);
create index session_by_user on session (user_id);

create table sign_in (
  hash text primary key,
  workspace_id integer not null,
  user_id integer not null,
  target text not null,
  expires_at integer not null
);

create table api_key (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  name text not null,
  prefix text not null,
  hash text not null unique,
  role text not null,
  scopes text not null,
  allowed_ips text not null default '[]',
  created_by text not null,
  creator_id integer not null default 0,
  created_at integer not null,
  last_used_at integer not null default 0,
  last_used_ip text not null default '',
  expires_at integer not null default 0,
  revoked_at integer not null default 0,
  revision integer not null default 1
);
create index api_key_workspace on api_key (workspace_id, id);

create table voice (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  name text not null,
  body text not null,
  is_default boolean not null default false,
  version integer not null default 1,
  created_at integer not null,
  updated_at integer not null
);
create index voice_workspace on voice (workspace_id, id);

create table agent (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  name text not null,
  type text not null,
  body text not null,
  is_active boolean not null default true,
  version integer not null default 1,
  created_at integer not null,
  updated_at integer not null
);
create index agent_workspace on agent (workspace_id, id);

create table provider (
  id integer primary key autoincrement,
  workspace_id integer not null default 0,
  name text not null,
  kind text not null,
  base_url text not null default '',
  model text not null default '',
  secret text not null default '',
  created_at integer not null,
  updated_at integer not null,
  unique (workspace_id, name)
);

create table execution (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  capability text not null,
  title text not null,
  agent_id integer not null,
  status text not null,
  priority integer not null,
  progress integer not null default 0,
  current_step text not null default '',
  waiting_for text not null default '',
  waiting_item integer not null default 0,
  engine text not null,
  credits_used integer not null default 0,
  credits_held integer not null default 0,
  cost text not null default '',
  voice_id integer not null default 0,
  notify boolean not null default false,
  retry_of integer not null default 0,
  error text not null default '',
  epoch integer not null default 0,
  crashes integer not null default 0,
  job_id integer not null default 0,
  version integer not null default 1,
  created_by text not null,
  created_at integer not null,
  started_at integer not null default 0,
  completed_at integer not null default 0,
  settings text not null,
  context text not null default '{}',
  plan text not null default '',
  needs_input text not null default ''
);
create index execution_new on execution (workspace_id, id);
create index execution_status on execution (workspace_id, status, id);
create index execution_capability on execution (workspace_id, capability, id);
create index execution_agent on execution (workspace_id, agent_id, id);
create index execution_priority on execution (workspace_id, priority, id);
create index execution_created on execution (workspace_id, created_at, id);
create index execution_pending on execution (workspace_id, priority, id) where status = 'pending' and job_id = 0;
create index execution_ticket on execution (workspace_id) where job_id > 0;
create index execution_waiting on execution (workspace_id, waiting_item) where waiting_item > 0;

create table step (
  execution_id integer not null references execution(id),
  key text not null,
  status text not null,
  attempt integer not null default 1,
  provider text not null default '',
  model text not null default '',
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  credits integer not null default 0,
  cost text not null default '',
  error text not null default '',
  started_at integer not null,
  completed_at integer not null default 0,
  output text not null default '',
  findings text not null default '',
  primary key (execution_id, key)
);

create table attempt (
  id integer primary key autoincrement,
  execution_id integer not null references execution(id),
  step text not null,
  n integer not null,
  provider text not null,
  model text not null,
  prompt_hash text not null default '',
  request_id text not null default '',
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  cost text not null default '',
  started_at integer not null,
  first_text_ms integer not null default 0,
  duration_ms integer not null default 0,
  status integer not null default 0,
  error text not null default ''
);
create index attempt_execution on attempt (execution_id, id);

create table content (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  execution_id integer not null,
  agent_id integer not null default 0,
  voice_id integer not null default 0,
  title text not null,
  content_type text not null,
  stage text not null,
  place integer not null,
  preview text not null,
  word_count integer not null,
  language text not null default '',
  channel text not null default '',
  meta_title text not null default '',
  meta_description text not null default '',
  keywords text not null default '[]',
  slug text not null,
  scores text not null default '{}',
  engine text not null,
  blocking boolean not null default false,
  version integer not null default 1,
  approved_version integer not null default 0,
  published_version integer not null default 0,
  revision integer not null default 1,
  planned_at integer not null default 0,
  scheduled_at integer not null default 0,
  published_at integer not null default 0,
  assignee text not null default '',
  created_at integer not null,
  updated_at integer not null,
  findings text not null default '[]',
  needs_input text not null default '[]',
  body text not null,
  provenance text not null default '',
  unique (workspace_id, slug)
);
create index content_column on content (workspace_id, stage, place, id);
create index content_type on content (workspace_id, content_type, stage, place, id);
create index content_created on content (workspace_id, created_at, id);
create index content_stage_created on content (workspace_id, stage, created_at);
create index content_execution on content (execution_id, id);

create table content_version (
  content_id integer not null references content(id),
  n integer not null,
  author_kind text not null,
  author text not null,
  reason text not null,
  title text not null,
  body text not null,
  created_at integer not null,
  primary key (content_id, n)
);

create table move (
  id integer primary key autoincrement,
  content_id integer not null references content(id),
  from_stage text not null,
  to_stage text not null,
  version integer not null,
  actor_kind text not null,
  actor text not null,
  at integer not null
);
create index move_content on move (content_id, id);

create table publication (
  id integer primary key autoincrement,
  workspace_id integer not null,
  content_id integer not null references content(id),
  version integer not null,
  channel text not null,
  status text not null,
  external_id text not null default '',
  url text not null default '',
  error text not null default '',
  title text not null,
  slug text not null,
  body text not null,
  at integer not null,
  unique (content_id, channel)
);
create index publication_slug on publication (workspace_id, slug);
create index publication_feed on publication (workspace_id, channel, status, at);

-- Credits: double entry. Each movement takes from one account and gives to another.
create table account (
  workspace_id integer not null references workspace(id),
  name text not null,
  balance integer not null,
  primary key (workspace_id, name)
);

create table movement (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  at integer not null,
  kind text not null,
  amount integer not null check (amount > 0),
  from_account text not null,
  to_account text not null,
  execution_id integer not null default 0,
  step text not null default '',
  reference text not null unique,
  balance_after integer not null
);
create index movement_workspace on movement (workspace_id, id);
create index movement_captured on movement (workspace_id, at, amount) where kind = 'capture';

-- Counts are sums of deltas, folded in the background.
create table tally (
  workspace_id integer not null,
  kind text not null,
  key text not null,
  n integer not null,
  primary key (workspace_id, kind, key)
);
create table tally_delta (
  id integer primary key autoincrement,
  workspace_id integer not null,
  kind text not null,
  key text not null,
  n integer not null
);
create index tally_delta_kind on tally_delta (workspace_id, kind);

create table event (
  id integer primary key autoincrement,
  xid integer not null default 0,
  workspace_id integer not null,
  name text not null,
  execution_id integer not null default 0,
  content_id integer not null default 0,
  actor_kind text not null,
  actor text not null,
  payload text not null,
  at integer not null
);
create index event_execution on event (execution_id, id) where execution_id > 0;

create table cursor (
  consumer text primary key,
  xid integer not null,
  pos integer not null
);

create table idempotency (
  workspace_id integer not null,
  scope text not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  headers text not null default '{}',
  body text not null default '',
  message_id integer not null default 0,
  at integer not null,
  primary key (workspace_id, scope, key)
);
create index idempotency_at on idempotency (at);

create table usage_window (
  workspace_id integer not null,
  span text not null,
  starts integer not null,
  used integer not null,
  primary key (workspace_id, span, starts)
);

create table schedule (
  id integer primary key autoincrement,
  workspace_id integer not null,
  kind text not null,
  target text not null,
  cron text not null default '',
  timezone text not null default 'UTC',
  next_at integer not null,
  last_at integer not null default 0,
  enabled boolean not null default true,
  last_error text not null default ''
);
create index schedule_due on schedule (next_at) where enabled;

create table schedule_firing (
  schedule_id integer not null references schedule(id) on delete cascade,
  fire_at integer not null,
  at integer not null,
  primary key (schedule_id, fire_at)
);

-- generate-output: a message is a text, stored in pieces as it comes.
create table message (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  status text not null,
  request text not null,
  engine text not null,
  body text not null default '',
  credits_held integer not null default 0,
  credits_used integer not null default 0,
  cost text not null default '',
  error text not null default '',
  created_by text not null,
  created_at integer not null,
  touched_at integer not null default 0,
  completed_at integer not null default 0
);
create index message_workspace on message (workspace_id, id);
create index message_open on message (id) where status = 'streaming';

create table message_piece (
  message_id integer not null references message(id),
  seq integer not null,
  body text not null,
  primary key (message_id, seq)
);

create table node (
  id text primary key,
  generation integer not null,
  seen integer not null
);

-- +goose Down
select 1;
