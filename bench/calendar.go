package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const schedule = "/api/v1/gtm-schedule"

// calendared measures a calendar with 5,000 events on each database: pages of it, and the whole as files.
func calendared(ctx context.Context, b *bench) error {
	pg, err := b.postgres(ctx)
	if err != nil {
		return err
	}
	defer pg.stop()
	if err := b.calendarOn(ctx, "SQLite", how{}); err != nil {
		return err
	}
	return b.calendarOn(ctx, "PostgreSQL", how{database: pg.url})
}

func (b *bench) calendarOn(ctx context.Context, name string, h how) error {
	s, err := b.serve(ctx, h)
	if err != nil {
		return err
	}
	defer s.stop()
	driver, address := "pgx", h.database
	if address == "" {
		driver, address = "sqlite", "file:"+s.File()+"?_pragma=busy_timeout(5000)"
	}
	first := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	if err := seedEvents(ctx, driver, address, first, b.count(5000, 100)); err != nil {
		return err
	}
	var made struct{ Meta struct{ Token string } }
	if err := s.call(ctx, patient(), http.MethodPost, schedule+"/feed-tokens", `{"name":"Bench"}`, &made); err != nil {
		return err
	}
	days := func(from, until int) string {
		day := func(n int) string { return first.AddDate(0, 0, n).Format(time.DateOnly) }
		return "start_date=" + day(from) + "&end_date=" + day(until)
	}
	for _, one := range []struct {
		what, path string
		target     float64 // ms; 0: none
	}{
		{"a page of 50 of a month", "/events?" + days(30, 59), 50},
		{"the first page of 100", "/events?per_page=100&" + days(0, 359), 50},
		{"the last page of 100", "/events?per_page=100&page=50&" + days(0, 359), 50},
		{"all as a file of JSON", "/export?format=json&" + days(0, 359), 50},
		{"all as a file of iCalendar", "/export?format=ics&" + days(0, 359), 0},
		{"the feed", "/feed.ics?token=" + made.Meta.Token, 0},
	} {
		if err := b.timed(ctx, s, name+", 5,000 events: "+one.what, schedule+one.path, one.target); err != nil {
			return err
		}
	}
	return nil
}

// timed measures how long one client waits for a response.
func (b *bench) timed(ctx context.Context, s *server, what, path string, target float64) error {
	request := s.raw(http.MethodGet, path, "")
	before := processor(s.PID())
	asked := 0
	l := load{
		conns: 1, warm: time.Second, run: 3 * time.Second, status: http.StatusOK,
		next: func(_, _ int) []byte { asked++; return request },
	}
	_, took, err := b.repeat(ctx, s, l)
	if err != nil {
		return err
	}
	more := fmt.Sprintf("; p99 %.1f ms; %.1f ms of processor time", took.p99(),
		ms(processor(s.PID())-before)/float64(asked))
	if target == 0 {
		b.says(what+", p50", "%s", quantity(took.p50(), " ms")+more)
		return nil
	}
	b.atMost(what+", p50", target, took.p50(), " ms", more)
	return nil
}

// seedEvents spreads events over 360 days.
func seedEvents(ctx context.Context, driver, address string, first time.Time, n int) (err error) {
	db, err := sql.Open(driver, address)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	gap := (360 * 24 * time.Hour).Milliseconds() / int64(n)
	_, err = db.ExecContext(ctx, fmt.Sprintf(`
		with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < %d)
		insert into calendar_event (workspace_id, title, starts_at, until_at, all_day, timezone, event_type, channel, status,
			owner_kind, owner_id, due_at, paused, sequence, version, created_by, created_at, updated_at)
		select 1, 'Event ' || i, at, at + 1, false, 'Europe/Berlin', 'webinar', 'zoom', 'confirmed', 'operator', 0, at, false,
			0, 1, 'bench', at, at
		from (select i, %d + i * cast(%d as bigint) as at from n) as times`, n, first.UnixMilli(), gap))
	if err != nil {
		return fmt.Errorf("create the events: %w", err)
	}
	return nil
}
