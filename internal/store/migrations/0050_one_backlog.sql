-- +goose Up

-- What a list finds and the passages of an item are indexed together, so one backlog serves both.
insert into passage_backlog (workspace_id, kind, owner_id, marks)
  select c.workspace_id, 'item', c.id, 1 from search_backlog b join content c on c.id = b.content_id where 1 = 1
  on conflict (kind, owner_id) do nothing;
drop table search_backlog;

-- +goose Down
select 1;
