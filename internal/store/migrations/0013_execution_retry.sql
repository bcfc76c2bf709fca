-- +goose Up

-- Finds the retries of an execution, so that one retry runs at a time.
create index execution_retry on execution (retry_of) where retry_of > 0;

-- +goose Down
select 1;
