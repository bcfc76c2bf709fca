-- +goose Up

-- What image models were asked for: a number of pictures of one description each.
create table image_generation (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  created_by_kind text not null,
  created_by_id integer not null,
  created_by text not null,
  engine text not null,
  provider text not null,
  model text not null,
  request text not null,
  source text not null default '',
  count integer not null,
  status text not null,
  credits integer not null,
  error text not null default '',
  epoch integer not null default 0,
  job_id integer not null default 0,
  created_at integer not null,
  ended_at integer not null default 0
);
create index image_generation_recent on image_generation (workspace_id, id);
-- One at a time: the rule of the API, whatever node takes a call.
create unique index image_generation_one on image_generation (workspace_id) where status = 'queued' or status = 'running';

-- A request to a provider. A try again is another row.
create table image_submission (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  generation_id integer not null references image_generation(id),
  numbers text not null,
  ticket text not null default '',
  status text not null,
  unclear boolean not null default false,
  failure text not null default '',
  request_id text not null default '',
  micro_usd integer not null default 0,
  cost_known boolean not null default false,
  price_version text not null default '',
  created_at integer not null,
  ended_at integer not null default 0
);
create index image_submission_generation on image_submission (generation_id, id);

-- What became of each picture. One that was deleted stays without its file: what was paid for is known.
create table image (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  generation_id integer not null references image_generation(id),
  number integer not null,
  outcome text not null,
  stage text not null default '',
  categories text not null default '[]',
  failure text not null default '',
  sum text not null default '',
  format text not null default '',
  width integer not null default 0,
  height integer not null default 0,
  bytes integer not null default 0,
  seed text not null default 'null',
  prompt text not null default '',
  model text not null default '',
  placeholder boolean not null default false,
  credits integer not null default 0,
  alt_text text not null default '',
  version integer not null default 1,
  created_at integer not null,
  deleted_at integer not null default 0,
  unique (generation_id, number)
);
create index image_recent on image (workspace_id, id) where outcome = 'ok' and deleted_at = 0;
create index image_file on image (workspace_id, sum) where sum <> '';

-- +goose Down
select 1;
