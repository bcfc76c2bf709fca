package crash_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/store/storetest"
)

// twoNodes starts two servers on one PostgreSQL, each with a model of its own so
// that one can tell who works.
func twoNodes(t *testing.T, first time.Duration) (a, b *server, modelA, modelB *wire) {
	t.Helper()
	url := storetest.NewCluster(t).URL()
	modelA, modelB = model(t, first), model(t, first)
	inA, inB := install(t, url, modelA.BaseURL(aitest.OpenAIWire)), install(t, url, modelB.BaseURL(aitest.OpenAIWire))
	a = inA.start(t)
	inB.key = inA.key
	return a, inB.start(t), modelA, modelB
}

// holds counts the runs that the node works on.
func (s *server) holds(t *testing.T, db *sql.DB) int64 {
	t.Helper()
	id, err := os.ReadFile(filepath.Join(s.dir, "node-id"))
	if err != nil {
		t.Fatal(err)
	}
	return count(t, db, `select count(*) from river_job where state = 'running' and split_part(attempted_by[array_upper(attempted_by, 1)], '/', 1) = $1`,
		strings.TrimSpace(string(id)))
}

// A node's work goes on elsewhere within 8 s of its death.
func TestAnotherNodeTakesOver(t *testing.T) {
	t.Parallel()
	a, b, modelA, modelB := twoNodes(t, 400*time.Millisecond)
	h, db := newHistory(t), a.open(t)
	for range 10 {
		a.execute(t, h)
	}
	eventually(t, 30*time.Second, "both nodes at work", func() bool { return modelA.Open() > 0 && count(t, db, steps) > 5 })
	eventually(t, 10*time.Second, "the other node has watched for a lease", func() bool {
		return count(t, db, `select count(*) from node`) == 2
	})
	held := a.holds(t, db)
	a.kill(t)
	killed := time.Now()
	if held == 0 {
		t.Fatal("the first node held no run")
	}
	drain(t, db, time.Minute)
	t.Logf("all of the work was done %s after the kill; %d runs were the dead node's; the other called its model %d times",
		time.Since(killed), held, modelB.Count())
	check(t, db, h, b, modelA, modelB)
	late := count(t, db, `select coalesce(max(gap), 0) from (select min(completed_at) - $1 as gap from step where completed_at > $1 group by execution_id) x`,
		killed.UnixMilli())
	if late > 9_500 { // 8 s, and a model's answer
		t.Errorf("a run went on only %d ms after the kill", late)
	}
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 10 {
		t.Errorf("%d of 10 runs completed", n)
	}
}

// A node paused past its lease, in the middle of its calls, changes nothing when
// it wakes, and works again.
func TestPausedPastItsLease(t *testing.T) {
	t.Parallel()
	a, b, modelA, modelB := twoNodes(t, 400*time.Millisecond)
	h, db := newHistory(t), a.open(t)
	for range 10 {
		a.execute(t, h)
	}
	eventually(t, 30*time.Second, "the first node at work", func() bool { return modelA.Open() > 0 })
	a.signal(t, syscall.SIGSTOP)
	eventually(t, 15*time.Second, "the takeover", func() bool { return count(t, db, `select count(*) from node`) == 1 })
	eventually(t, 15*time.Second, "work of the other", func() bool { return count(t, db, steps) > 10 })
	a.signal(t, syscall.SIGCONT)
	drain(t, db, time.Minute)
	a.ready(t, 10*time.Second)
	check(t, db, h, b, modelA, modelB)
	check(t, db, h, a, modelA, modelB)
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 10 {
		t.Errorf("%d of 10 runs completed", n)
	}
	b.kill(t) // what comes now is the other's alone
	for range 3 {
		a.execute(t, h)
	}
	drain(t, db, time.Minute)
	check(t, db, h, a, modelA, modelB)
}

// Nodes killed in turn under load on both: all that was accepted is done, once.
func TestNodesKilledInTurn(t *testing.T) {
	t.Parallel()
	a, b, modelA, modelB := twoNodes(t, 20*time.Millisecond)
	h, db := newHistory(t), a.open(t)
	nodes := [2]*server{a, b}
	for n := range cycles(t) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(500+rand.IntN(1500))*time.Millisecond)
		victim := nodes[n%2]
		time.AfterFunc(time.Until(deadline(ctx))-200*time.Millisecond, func() { victim.signal(t, syscall.SIGKILL) })
		other := make(chan struct{})
		go func() { defer close(other); nodes[0].load(ctx, t, h, 5) }()
		nodes[1].load(ctx, t, h, 5)
		<-other
		cancel()
		victim.kill(t)
		nodes[n%2] = victim.start(t)
	}
	left := count(t, db, runs)
	t.Logf("%d runs accepted, %d were left after the last kill; they ended within %s", len(h.executions), left, drain(t, db, 3*time.Minute))
	for _, s := range nodes {
		check(t, db, h, s, modelA, modelB)
	}
}

// Two nodes that start on an empty database at the same moment make one workspace
// with one sample and one key, and neither complains.
func TestFirstStartOfTwoNodes(t *testing.T) {
	t.Parallel()
	url, m := storetest.NewCluster(t).URL(), model(t, time.Millisecond)
	nodes := [2]*server{}
	for i := range nodes {
		in := install(t, url, m.BaseURL(aitest.OpenAIWire))
		in.demo = true
		nodes[i] = in.launch(t)
	}
	keys := 0
	for _, s := range nodes {
		s.ready(t, 30*time.Second)
		eventually(t, 20*time.Second, "the greeting", func() bool { return strings.Contains(s.log.String(), "\nOpen ") })
	}
	db := nodes[0].open(t)
	drain(t, db, time.Minute)
	for i, s := range nodes {
		log := s.log.String()
		keys += strings.Count(log, "\nKey ")
		if strings.Contains(log, "vellocity:") || strings.Contains(strings.ToLower(log), "error") {
			t.Errorf("node %d complains:\n%s", i, log)
		}
	}
	for what, query := range map[string]string{"workspaces": `select count(*) from workspace`, "samples": `select count(*) from execution`,
		"items": `select count(*) from content`, "keys": `select count(*) from api_key`, "installations": `select count(*) from installation`} {
		if n := count(t, db, query); n != 1 {
			t.Errorf("%d %s", n, what)
		}
	}
	if keys != 1 {
		t.Errorf("a key was shown %d times", keys)
	}
}
