package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// calendared measures a month, and a year, of a calendar with 5,000 events.
func calendared(ctx context.Context, b *bench) error {
	n := b.count(5000, 100)
	s, err := b.stored(ctx, 100, 1000)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := seedEvents(ctx, s.File(), n); err != nil {
		return err
	}
	for what, path := range map[string]string{
		"a page of a month": "?start_date=2031-03-01&end_date=2031-03-31",
		"a page of a year":  "?start_date=2031-01-01&end_date=2031-12-31&per_page=100",
	} {
		request := s.raw(http.MethodGet, "/api/v1/gtm-schedule/events"+path, "")
		l := load{
			conns: 1, warm: time.Second, run: 3 * time.Second, status: http.StatusOK,
			next: func(_, _ int) []byte { return request },
		}
		_, took, err := b.repeat(ctx, s, l)
		if err != nil {
			return err
		}
		b.atMost(what+" of a calendar with 5,000 events, p50", 50, took.p50(), " ms", fmt.Sprintf("; p99 %.1f ms",
			took.p99()))
	}
	return nil
}

// seedEvents spreads events over the year 2031.
func seedEvents(ctx context.Context, file string, n int) (err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < $1)
		insert into calendar_event (workspace_id, title, starts_at, until_at, all_day, timezone, event_type, channel, status,
			owner_kind, owner_id, due_at, paused, sequence, version, created_by, created_at, updated_at)
		select 1, 'Event ' || i, at, at + 1, false, 'Europe/Berlin', 'webinar', 'zoom', 'confirmed', 'operator', 0, at, false,
			0, 1, 'bench', at, at
		from (select i, 1925000000000 + i * (31536000000 / $1) as at from n)`, n)
	if err != nil {
		return fmt.Errorf("create the events: %w", err)
	}
	return nil
}
