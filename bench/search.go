package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"vellocity/internal/await"
)

// questions are what the row `search` asks: words of all 5,000 items, of their titles, and of one.
//
//nolint:gochecknoglobals // a table
var questions = []string{
	"words about cost", "cloud cost optimization 4711", "what is idle", "care", "commitments last 17",
}

func searched(ctx context.Context, b *bench) error {
	n := b.count(5000, 100)
	s, err := b.stored(ctx, n, 6000)
	if err != nil {
		return err
	}
	defer s.stop()
	began := time.Now()
	if err := cutAll(ctx, s.File()); err != nil {
		return err
	}
	b.says("cutting the passages of an installation from before, in the background", "%.1f s for %d items",
		time.Since(began).Seconds(), n)
	requests := make([][]byte, len(questions))
	for i, q := range questions {
		requests[i] = s.raw(http.MethodGet, "/api/v1/search?q="+url.QueryEscape(q), "")
	}
	l := load{
		conns:  1,
		warm:   time.Second,
		run:    5 * time.Second,
		status: http.StatusOK,
		next:   func(_, n int) []byte { return requests[n%len(requests)] },
	}
	rates, took, err := b.repeat(ctx, s, l)
	if err != nil {
		return err
	}
	b.atMost("a question over 5,000 items, one client, p50", 20, took.p50(), " ms",
		fmt.Sprintf("; p99 %.1f ms", took.p99()))
	b.says("rate of that client", "%.0f/s", median(rates))
	return nil
}

// cutAll has the running server cut the passages of all items, as after an upgrade, and waits for the end.
func cutAll(ctx context.Context, file string) (err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `insert or ignore into passage_backlog (workspace_id, kind, owner_id, marks)
		select workspace_id, 'item', id, 1 from content`)
	if err != nil {
		return fmt.Errorf("mark the items: %w", err)
	}
	return await.Until(ctx, 5*time.Minute, 50*time.Millisecond, "the passages", func() bool {
		left := -1
		err := db.QueryRowContext(ctx, "select count(*) from passage_backlog").Scan(&left)
		return err == nil && left == 0
	})
}
