package edge_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/test/product"
)

// silentTime is how long a call may take to say that the database is silent: 5 s, and a
// busy machine's share.
const silentTime = 8 * time.Second

// A PostgreSQL that goes silent makes calls UNAVAILABLE in time, and never anything
// worse; once it is back, so is the server.
func TestSilentDatabaseIsUnavailable(t *testing.T) {
	l, database := connect(t, product.PostgreSQL(t))
	s := &server{product.Start(t, install(t, nil, database))}
	again := l.silence()
	defer again()
	client := &http.Client{Timeout: 30 * time.Second}
	eventually(t, "the last write of /readyz counts no more", func() bool {
		return s.Status(t.Context(), "/readyz") == http.StatusServiceUnavailable
	})
	var all sync.WaitGroup
	for _, call := range []struct{ method, path, body string }{
		{http.MethodGet, workflow + "/kanban", ""},
		{http.MethodGet, workflow + "/executions", ""},
		{http.MethodPost, posts, post},
		{http.MethodPost, texts, prompt},
		{http.MethodGet, "/feeds/main/feed.json", ""},
	} {
		all.Go(func() {
			for n := range 5 {
				req, err := http.NewRequestWithContext(t.Context(), call.method, s.URL()+call.path, strings.NewReader(call.body))
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer "+s.Key)
				req.Header.Set("Content-Type", "application/json")
				began := time.Now()
				res, err := client.Do(req)
				if err != nil {
					t.Errorf("%s: %v", call.path, err)
					return
				}
				_ = res.Body.Close()
				if took := time.Since(began); res.StatusCode != 503 || took > silentTime {
					t.Errorf("%s, call %d: %d after %s", call.path, n, res.StatusCode, took)
				}
			}
		})
	}
	// What it found a moment ago may be said once more.
	eventually(t, "/readyz says that the database is silent", func() bool {
		return s.call(t, s.Key, http.MethodGet, "/readyz", "").StatusCode == http.StatusServiceUnavailable
	})
	all.Wait()
	again()
	eventually(t, "the server works again", func() bool {
		return s.call(t, s.Key, http.MethodPost, posts, post).StatusCode == http.StatusCreated
	})
}
