package store

import (
	"context"
	"fmt"

	"vellocity/internal/store/db"
)

// Counter is a kind of thing that is counted. Each change is a row of its own, so
// that transactions do not wait for each other; [Store.FoldCounts] sums them up.
type Counter string

// What is counted.
const (
	CounterExecutions Counter = "execution" // by status
	CounterContent    Counter = "content"   // by column
)

// AddToCount adds n to a count, as part of the transaction.
func (t *Tx) AddToCount(ctx context.Context, workspaceID int64, what Counter, key string, n int) error {
	err := t.db.Exec(ctx, `insert into tally_delta (workspace_id, kind, key, n) values ($1,$2,$3,$4)`,
		workspaceID, string(what), key, n)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	return nil
}

// moveCount takes one from a count and adds it to another, as part of the transaction.
func (t *Tx) moveCount(ctx context.Context, workspaceID int64, what Counter, from, to string) error {
	if from == to {
		return nil
	}
	err := t.db.Exec(ctx, `insert into tally_delta (workspace_id, kind, key, n) values ($1,$2,$3,-1), ($1,$2,$4,1)`,
		workspaceID, string(what), from, to)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	return nil
}

// Counts returns all counts of one kind in the workspace.
func (q Q) Counts(ctx context.Context, workspaceID int64, what Counter) (map[string]int, error) {
	type count struct {
		key string
		n   int
	}
	rows, err := db.Many(ctx, q.db, func(row db.Row) (c count, err error) {
		err = row.Scan(&c.key, &c.n)
		return c, err
	}, `select key, sum(n) from (
		select key, n from tally where workspace_id = $1 and kind = $2
		union all select key, n from tally_delta where workspace_id = $1 and kind = $2) t group by key`,
		workspaceID, string(what))
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	counts := map[string]int{}
	for _, c := range rows {
		counts[c.key] = c.n
	}
	return counts, nil
}

// FoldCounts sums up the changes that are there, so that reading stays quick. It
// returns how many it summed up. Several nodes may do so at once.
func (s *Store) FoldCounts(ctx context.Context) (n int64, err error) {
	err = s.InTx(ctx, func(t *Tx) error {
		n, err = t.foldCounts(ctx)
		return err
	})
	return n, err
}

const addUp = ` on conflict (workspace_id, kind, key) do update set n = tally.n + excluded.n`

func (t *Tx) foldCounts(ctx context.Context) (int64, error) {
	if t.db.Postgres() {
		// Only rows that this statement deletes are added: ids commit out of order.
		return t.db.ExecCount(ctx, `with gone as (delete from tally_delta where id in (
				select id from tally_delta order by id limit 5000 for update skip locked) returning workspace_id, kind, key, n)
			insert into tally select workspace_id, kind, key, sum(n) from gone group by workspace_id, kind, key`+addUp)
	}
	var last int64
	if err := t.db.One(ctx, []any{&last}, `select coalesce(max(id), 0) from tally_delta`); err != nil {
		return 0, err
	}
	if err := t.db.Exec(ctx, `insert into tally select workspace_id, kind, key, sum(n) from tally_delta where id <= $1
		group by workspace_id, kind, key`+addUp, last); err != nil {
		return 0, fmt.Errorf("fold counts: %w", err)
	}
	return t.db.ExecCount(ctx, `delete from tally_delta where id <= $1`, last)
}
