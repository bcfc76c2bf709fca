package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"vellocity/internal/await"
)

// receiver is a program that gets webhooks and answers at once, or never.
type receiver struct {
	*httptest.Server
	mu          sync.Mutex
	n           int
	first, last time.Time
	ids         map[string]bool
	free        chan struct{} // of one that never answers; nil: it does
}

func newReceiver(dead bool) *receiver {
	r := &receiver{ids: map[string]bool{}}
	if dead {
		r.free = make(chan struct{})
	}
	r.Server = httptest.NewServer(r)
	return r
}

// ServeHTTP counts a request.
func (r *receiver) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	_, _ = io.Copy(io.Discard, q.Body) // what it says is not measured
	if r.free != nil {
		<-r.free
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last = time.Now(); r.n == 0 {
		r.first = r.last
	}
	r.n++
	r.ids[q.Header.Get("Webhook-Id")] = true
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ids)
}

func (r *receiver) stop() {
	if r.free != nil {
		close(r.free)
	}
	r.Close()
}

// webhooks measures how fast events reach a receiver, with the log kept, alone and beside one that
// never answers.
func webhooks(ctx context.Context, b *bench) error {
	for _, dead := range []bool{false, true} {
		var rates []float64
		for range b.runs {
			rate, err := b.delivered(ctx, dead)
			if err != nil {
				return err
			}
			rates = append(rates, rate)
		}
		what := "events to a fast receiver, recorded in the log"
		if dead {
			what += ", beside one that never answers"
		}
		b.atLeast(what, 500, median(rates), "/s", spread(rates, "/s"))
	}
	return nil
}

// delivered returns the rate at which a fresh server delivers events.
func (b *bench) delivered(ctx context.Context, dead bool) (float64, error) {
	s, err := b.serve(ctx, how{args: []string{"--channel-networks", "127.0.0.0/8"}})
	if err != nil {
		return 0, err
	}
	defer s.stop()
	c := patient()
	to := newReceiver(false)
	defer to.stop()
	urls := []string{to.URL}
	if dead {
		silent := newReceiver(true)
		defer silent.stop()
		urls = append(urls, silent.URL)
	}
	for _, url := range urls {
		body := fmt.Sprintf(`{"url":%q,"events":["content.moved"]}`, url)
		if err := s.call(ctx, c, http.MethodPost, "/api/v1/partners/webhooks", body, nil); err != nil {
			return 0, err
		}
	}
	n := b.count(5000, 100)
	if err := happen(ctx, s.File(), n); err != nil {
		return 0, err
	}
	err = await.Until(ctx, 2*time.Minute, 5*time.Millisecond, "the deliveries", func() bool { return to.count() >= n })
	if err != nil {
		return 0, err
	}
	took := to.last.Sub(to.first).Seconds()
	recorded := func() bool {
		var page struct{ Meta struct{ Total int } }
		path := "/api/v1/partners/webhooks/1/deliveries?status=delivered"
		return s.call(ctx, c, http.MethodGet, path, "", &page) == nil && page.Meta.Total == n
	}
	if err := await.Until(ctx, 10*time.Second, 20*time.Millisecond, "the log", recorded); err != nil {
		return 0, err
	}
	return float64(n) / took, nil
}

// happen puts events about many items into the log, at once: what happens is not measured.
func happen(ctx context.Context, file string, n int) (err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `with recursive item(n) as (select 1 union all select n + 1 from item where n < $1)
		insert into event (workspace_id, name, execution_id, content_id, actor_kind, actor, payload, at)
		select (select min(id) from workspace), 'content.moved', 0, n, 'operator', 'bench', json_object('content_id', n,
			'kanban_status', 'review', 'from', 'generated', 'to', 'review'), $2 from item`, n, time.Now().UnixMilli()+1000)
	if err != nil {
		return fmt.Errorf("append events: %w", err)
	}
	return nil
}
