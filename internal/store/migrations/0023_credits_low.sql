-- +goose Up

-- When the available credits of a workspace count as low, and whether that was said.
alter table workspace add column credits_low_at bigint not null default 0;
alter table account add column last_grant bigint not null default 0;
alter table account add column low boolean not null default false;
update account set last_grant = coalesce((select m.amount from movement m
  where m.workspace_id = account.workspace_id and m.kind = 'grant' order by m.id desc limit 1), 0)
where name = 'available';

-- +goose Down
select 1;
