package crash_test

import (
	"database/sql"
	"encoding/json"
	"regexp"
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
)

// wire is a model server that notes which execution each call was made for, and when
// it came in: what was really paid for, whatever the database says.
type wire struct {
	*aitest.Server
	mu    sync.Mutex
	calls map[string][]time.Time // by the number in the topic
}

// model starts a model server that takes so long until the first word.
func model(t *testing.T, first time.Duration) *wire {
	t.Helper()
	w := &wire{calls: map[string][]time.Time{}}
	answer := aitest.Writer(aitest.Pace{First: first, Words: 60})
	w.Server = aitest.NewServer(func(c aitest.Call) aitest.Reply {
		w.note(c)
		return answer(c)
	})
	t.Cleanup(w.Close)
	return w
}

// part is what tells an execution's prompts from another's: the number in its topic.
var part = regexp.MustCompile(`(?i)\bplan[ -](\d+)`)

func (w *wire) note(c aitest.Call) {
	at := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	m := part.FindStringSubmatch(c.System + c.Prompt)
	if m == nil {
		return // a free text, or a prompt that holds the draft alone
	}
	w.calls[m[1]] = append(w.calls[m[1]], at)
}

// paid is an execution as the database has it, with what it asked models for.
type paid struct {
	id, attempts, ended int64
	status, settings    string
}

// cancelling is how long after its cancellation an execution's last call may begin.
const cancelling = time.Second

// checkCalls holds the calls that came over the wire against the database (G2):
// each was recorded before it was made, and none was made after the execution's end.
// That none was recorded after its step's result is one of the faults.
func checkCalls(t *testing.T, db *sql.DB, wires ...*wire) {
	t.Helper()
	rows, err := db.QueryContext(
		t.Context(),
		`select e.id, (select count(*) from attempt a where a.execution_id = e.id), e.completed_at, e.status, e.settings from execution e`,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p paid
		if err := rows.Scan(&p.id, &p.attempts, &p.ended, &p.status, &p.settings); err != nil {
			t.Fatal(err)
		}
		p.check(t, wires)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	all := int64(0)
	for _, w := range wires {
		all += int64(w.Count())
	}
	attempts, written := count(t, db, `select count(*) from attempt`), count(t, db, `select count(*) from message`)
	done := count(t, db, `select count(*) from step where status = 'completed' and provider <> ''`)
	if all > attempts+written {
		t.Errorf("G2: %d calls came over the wire, %d are recorded, and %d free texts", all, attempts, written)
	}
	if all <= written || done == 0 {
		t.Errorf("G2: nothing to hold together: %d calls, %d steps", all, done)
		return
	}
	t.Logf("%d calls came over the wire for %d free texts and %d recorded steps that ask a model, %.2f for each step",
		all, written, done, float64(all-written)/float64(done))
}

func (p paid) check(t *testing.T, wires []*wire) {
	t.Helper()
	var settings struct {
		Topic string `json:"topic"`
	}
	var m []string
	if err := json.Unmarshal([]byte(p.settings), &settings); err == nil {
		m = part.FindStringSubmatch(settings.Topic)
	}
	if m == nil {
		return // not one of the harness
	}
	calls, end := 0, p.ended
	if p.status == "cancelled" {
		end += cancelling.Milliseconds()
	}
	for _, w := range wires {
		w.mu.Lock()
		for _, at := range w.calls[m[1]] {
			calls++
			if p.ended > 0 && at.UnixMilli() > end {
				t.Errorf("G2: a model was called for the %s execution %d, %d ms after its end", p.status, p.id, at.UnixMilli()-p.ended)
			}
		}
		w.mu.Unlock()
	}
	if int64(calls) > p.attempts {
		t.Errorf("G2: %d calls came over the wire for execution %d, %d are recorded", calls, p.id, p.attempts)
	}
}
