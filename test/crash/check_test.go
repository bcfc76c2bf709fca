package crash_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/test/product"
)

// open opens the installation's database for looking at, beside the server.
func open(t *testing.T, in *product.Installation) *sql.DB {
	t.Helper()
	db, err := in.Open()
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
	unfinished = `select count(*) from execution where status in ('pending', 'planning', 'executing')`
	// A text whose writer died counts as ended after 10 s.
	texts = `select count(*) from message where status = 'streaming'`
	steps = `select count(*) from step where status = 'completed'`
)

// drain waits until every execution has ended, then every text, and returns how long
// the executions took.
func drain(t *testing.T, db *sql.DB) (took time.Duration) {
	t.Helper()
	began := time.Now()
	err := await.Until(t.Context(), 3*time.Minute, await.Interval, "the end of all executions",
		func() bool { return count(t, db, unfinished) == 0 })
	if err != nil {
		t.Fatal(err)
	}
	took = time.Since(began)
	await.True(t, "the end of all texts", func() bool { return count(t, db, texts) == 0 })
	return took
}

// faults are queries that must find nothing, at every instant.
var faults = map[string]string{ //nolint:gochecknoglobals // constant
	"G3: the ledger does not sum to zero": `select count(*) from (select sum(balance) as s from account having sum(balance) <> 0) x`,
	"G3: an account differs from its movements": `select count(*) from account a where a.balance <>
		(select coalesce(sum(case when m.to_account = a.name then m.amount else 0 end - case when m.from_account = a.name then m.amount else 0 end), 0)
		from movement m where m.workspace_id = a.workspace_id)`,
	"G3: an account but the issuer's is below zero": `select count(*) from account where balance < 0 and name <> 'issued'`,
	"G3: a step was captured twice":                 `select count(*) from (select 1 as one from movement where kind = 'capture' and execution_id <> 0 group by execution_id, step having count(*) > 1) x`,
	"G3: an ended execution's hold is neither captured nor released": `select count(*) from (select e.id from execution e join movement m on m.execution_id = e.id
		where e.status in ('completed', 'failed', 'cancelled', 'archived') group by e.id
		having sum(case when m.kind = 'hold' then m.amount else -m.amount end) <> 0) x`,
	"G3: an execution's credits differ from its captures": `select count(*) from execution e where e.credits_used <>
		(select coalesce(sum(m.amount), 0) from movement m where m.execution_id = e.id and m.kind = 'capture')`,
	"G3: an execution's hold differs from what is held, captured and released for it": `select count(*) from execution e where e.credits_held <>
		(select coalesce(sum(case when m.kind = 'hold' then m.amount else -m.amount end), 0) from movement m where m.execution_id = e.id)`,
	"G3: a step's credits were not captured, or not those": `select count(*) from step s where s.credits <>
		(select coalesce(sum(m.amount), 0) from movement m where m.execution_id = s.execution_id and m.step = s.key and m.kind = 'capture')`,
	"G3: a capture is for no recorded step": `select count(*) from movement m where m.kind = 'capture' and m.execution_id <> 0
		and not exists (select 1 from step s where s.execution_id = m.execution_id and s.key = m.step)`,
	"G3: the held account differs from what executions and texts hold": `select count(*) from account a where a.name = 'held' and a.balance <>
		(select coalesce(sum(credits_held), 0) from execution e where e.workspace_id = a.workspace_id) +
		(select coalesce(sum(credits_held), 0) from message m where m.workspace_id = a.workspace_id)`,
	"G3: a text's credits differ from its captures": `select count(*) from message t where t.credits_used <>
		(select coalesce(sum(m.amount), 0) from movement m where m.reference = 'm' || t.id || ':capture')`,
	"G3: an ended text's hold is neither captured nor released": `select count(*) from message t where t.status <> 'streaming' and 0 <>
		(select coalesce(sum(case when m.kind = 'hold' then m.amount else -m.amount end), 0) from movement m
		where m.reference in ('m' || t.id || ':hold', 'm' || t.id || ':capture', 'm' || t.id || ':release'))`,
	"G6: a count differs from a recount": `select count(*) from (select kind, key, sum(n) as n from (
			select kind, key, n from tally union all select kind, key, n from tally_delta
			union all select 'execution', status, -1 from execution union all select 'content', stage, -1 from content) x
		group by kind, key having sum(n) <> 0) y`,
	"G2: a model was called for a step that was recorded": `select count(*) from attempt a join step s on s.execution_id = a.execution_id and s.key = a.step
		where s.status = 'completed' and a.started_at > s.completed_at`,
	"a completed execution has no item": `select count(*) from execution e where e.status = 'completed' and e.capability = 'generate-blog-post'
		and (select count(*) from content c where c.execution_id = e.id) <> 1`,
}

// check holds the history and the guarantees against the database.
func check(t *testing.T, db *sql.DB, h *history, s *server, wires ...*wire) {
	t.Helper()
	for what, query := range faults {
		if n := count(t, db, query); n != 0 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	if count(t, db, `select count(*) from movement where kind = 'capture' and execution_id <> 0`) == 0 {
		t.Error("no execution cost anything")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checkExecutions(t, db)
	h.checkMoves(t, db)
	h.checkTexts(t, s)
	for _, line := range h.unexpected[:min(len(h.unexpected), 10)] {
		t.Errorf("unexpected answer: %s", line)
	}
	if s.Database == "" {
		// On a new connection: FTS5 checks an index with what the connection remembers of it.
		fresh, answer := open(t, s.Installation), ""
		if err := fresh.QueryRowContext(t.Context(), "pragma integrity_check").Scan(&answer); err != nil || answer != "ok" {
			t.Errorf("integrity: %s %v", answer, err)
		}
	}
	checkCalls(t, db, wires...)
	s.checkBoard(t, db)
}

// mostInterruptions is how often an execution may be interrupted at one step before it
// counts as the cause and is stopped. A long row of kills gets there.
const mostInterruptions = 5

// checkExecutions looks for every execution that was accepted, and for executions that failed: the
// model answers all, so that only the kills can have been the cause, and they are
// none up to the number that is allowed.
func (h *history) checkExecutions(t *testing.T, db *sql.DB) {
	t.Helper()
	lost := 0
	for _, id := range h.executions {
		if count(t, db, `select count(*) from execution where id = $1`, id) != 1 {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("G1: %d of %d accepted executions are lost", lost, len(h.executions))
	}
	stopped := count(t, db, `select count(*) from execution where status = 'failed' and crashes > $1`, mostInterruptions)
	if stopped > 0 {
		t.Logf("%d of %d executions were stopped, since they were interrupted more than %d times at the same step", stopped,
			len(h.executions), mostInterruptions)
	}
	if n := count(t, db, `select count(*) from execution where status = 'failed'`); n > stopped {
		var why string
		_ = db.QueryRowContext(t.Context(), `select min(error) from execution where status = 'failed' and crashes <= $1`, mostInterruptions).
			Scan(&why)

			// only to tell
		t.Errorf("%d of %d executions failed, one with %q", n-stopped, len(h.executions), why)
	}
}

// checkMoves holds each item against the last answer about it (G1). An item may be
// further than that only by moves that got no answer.
func (h *history) checkMoves(t *testing.T, db *sql.DB) {
	t.Helper()
	for item, m := range h.moves {
		if m.n == 0 {
			continue
		}
		var revision int64
		var stage string
		if err := db.QueryRowContext(t.Context(), `select revision, stage from content where id = $1`, item).Scan(&revision, &stage); err != nil {
			t.Errorf("G1: item %d was moved %d times and is lost: %v", item, m.n, err)
			continue
		}
		further := revision - m.revision
		if further < 0 || further > m.unsure || further == 0 && stage != m.stage {
			t.Errorf("G1: item %d is in %s at revision %d; the last answer said %s at revision %d, and %d moves got none",
				item, stage, revision, m.stage, m.revision, m.unsure)
		}
	}
}

// checkTexts reads again what was streamed to its end (G7).
func (h *history) checkTexts(t *testing.T, s *server) {
	t.Helper()
	for id, text := range h.texts {
		var c call
		body := s.ask(t, &c, http.MethodGet, fmt.Sprintf("/aiwriter/generate-output?message_id=%d", id), nil)
		var answer struct {
			Data struct {
				Status string `json:"status"`
				Text   string `json:"text"`
			} `json:"data"`
		}
		err := json.Unmarshal(body, &answer)
		if err != nil || answer.Data.Status != "completed" || answer.Data.Text != text {
			t.Errorf("G7: text %d was streamed to its end as %q; it reads %d %s", id, text, c.Status, body)
		}
	}
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
			t.Errorf("%s executions: meta.total is %d, there are %d", status, list.Meta.Total, n)
		}
	}
}
