-- +goose Up

-- Items by the date at which they stand in the calendar: published, else scheduled, else planned.
create index content_dated on content (workspace_id, (coalesce(nullif(published_at, 0), nullif(scheduled_at, 0), planned_at)))
  where planned_at > 0 or scheduled_at > 0 or published_at > 0;

-- +goose Down
select 1;
