package crash_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver registers itself
	_ "modernc.org/sqlite"             // the driver registers itself
)

// open opens the installation's database for looking at, beside the server.
func (in *installation) open(t *testing.T) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite", "file:"+filepath.Join(in.dir, "vellocity.db")+"?mode=ro&_pragma=busy_timeout(5000)"
	if in.databaseURL != "" {
		driver, dsn = "pgx", in.databaseURL
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

const (
	open  = `select count(*) from execution where status in ('pending', 'planning', 'executing')`
	steps = `select count(*) from step where status = 'completed'`
)

// drain waits until every run has ended.
func drain(t *testing.T, db *sql.DB, within time.Duration) {
	t.Helper()
	eventually(t, within, "the end of all runs", func() bool { return count(t, db, open) == 0 })
}

// faults are queries that must find nothing, at every instant.
var faults = map[string]string{ //nolint:gochecknoglobals // constant
	"G3: the ledger does not sum to zero": `select count(*) from (select sum(balance) as s from account having sum(balance) <> 0) x`,
	"G3: an account differs from its movements": `select count(*) from account a where a.balance <>
		(select coalesce(sum(case when m.to_account = a.name then m.amount else 0 end - case when m.from_account = a.name then m.amount else 0 end), 0)
		from movement m where m.workspace_id = a.workspace_id)`,
	"G3: an account but the issuer's is below zero": `select count(*) from account where balance < 0 and name <> 'issued'`,
	"G3: a step was captured twice":                 `select count(*) from (select 1 as one from movement where kind = 'capture' group by execution_id, step having count(*) > 1) x`,
	"G3: an ended run's hold is neither captured nor released": `select count(*) from (select e.id from execution e join movement m on m.execution_id = e.id
		where e.status in ('completed', 'failed', 'cancelled') group by e.id
		having sum(case when m.kind = 'hold' then m.amount else -m.amount end) <> 0) x`,
	"G3: a run's credits differ from its captures": `select count(*) from execution e where e.credits_used <>
		(select coalesce(sum(m.amount), 0) from movement m where m.execution_id = e.id and m.kind = 'capture')`,
	"G2: a model was called for a step that was recorded": `select count(*) from attempt a join step s on s.execution_id = a.execution_id and s.key = a.step
		where s.status = 'completed' and a.started_at > s.completed_at`,
	"a completed run has no item": `select count(*) from execution e where e.status = 'completed' and e.capability = 'generate-blog-post'
		and (select count(*) from content c where c.execution_id = e.id) <> 1`,
}

// check holds the history and the guarantees against the database.
func check(t *testing.T, db *sql.DB, h *history, s *server) {
	t.Helper()
	for what, query := range faults {
		if n := count(t, db, query); n != 0 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	lost := 0
	for _, id := range h.executions {
		if count(t, db, `select count(*) from execution where id = $1`, id) != 1 {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("G1: %d of %d accepted runs are lost", lost, len(h.executions))
	}
	for item, n := range h.moves {
		// A move to where the item is changes nothing, so that it leaves no row.
		if got := count(t, db, `select count(*) from content where id = $1`, item); got != 1 {
			t.Errorf("G1: item %d was moved %d times and is lost", item, n)
		}
	}
	for _, line := range h.unexpected[:min(len(h.unexpected), 10)] {
		t.Errorf("unexpected answer: %s", line)
	}
	if s.databaseURL == "" {
		var answer string
		if err := db.QueryRowContext(t.Context(), "pragma integrity_check").Scan(&answer); err != nil || answer != "ok" {
			t.Errorf("integrity: %s %v", answer, err)
		}
	}
	s.checkBoard(t, db)
}

// checkBoard holds the board's counts against a recount (G6). Nothing may be at
// work meanwhile.
func (s *server) checkBoard(t *testing.T, db *sql.DB) {
	t.Helper()
	var c call
	body := s.ask(t, &c, http.MethodGet, "/content-workflow/kanban", nil)
	var board struct {
		Data struct {
			Columns map[string]struct {
				Count int64 `json:"count"`
			} `json:"columns"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &board); err != nil || len(board.Data.Columns) != 4 {
		t.Fatalf("the board: %v: %s", err, body)
	}
	for name, column := range board.Data.Columns {
		if n := count(t, db, `select count(*) from content where stage = $1`, name); n != column.Count {
			t.Errorf("G6: %s counts %d, holds %d", name, column.Count, n)
		}
	}
	for _, status := range strings.Fields("completed failed cancelled") {
		var list struct {
			Meta struct {
				Total int64 `json:"total"`
			} `json:"meta"`
		}
		body := s.ask(t, &c, http.MethodGet, fmt.Sprintf("/content-workflow/executions?status=%s&per_page=1", status), nil)
		if err := json.Unmarshal(body, &list); err != nil {
			t.Fatalf("the list: %v: %s", err, body)
		}
		if n := count(t, db, `select count(*) from execution where status = $1`, status); n != list.Meta.Total {
			t.Errorf("%s runs: meta.total is %d, there are %d", status, list.Meta.Total, n)
		}
	}
}
