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

	"vellocity/internal/await"
	"vellocity/test/product"
)

// twoNodes starts two servers on one PostgreSQL, each with a model of its own, which
// shows which of them works.
func twoNodes(t *testing.T, first time.Duration) (a, b *server, modelA, modelB *wire) {
	t.Helper()
	url := product.PostgreSQL(t)
	modelA, modelB = model(t, first), model(t, first)
	a = start(t, install(t, url, modelA))
	inB, err := a.Node(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	inB.Env = environment(modelB)
	return a, start(t, inB), modelA, modelB
}

// holds counts the executions that the node runs.
func (s *server) holds(t *testing.T, db *sql.DB) int64 {
	t.Helper()
	id, err := os.ReadFile(filepath.Join(s.Dir, "node-id"))
	if err != nil {
		t.Fatal(err)
	}
	return count(
		t,
		db,
		`select count(*) from river_job where state = 'running' and split_part(attempted_by[array_upper(attempted_by, 1)], '/', 1) = $1`,
		strings.TrimSpace(string(id)),
	)
}

// Another node continues a dead node's work within 8 s.
func TestAnotherNodeTakesOver(t *testing.T) {
	t.Parallel()
	a, b, modelA, modelB := twoNodes(t, 400*time.Millisecond)
	h, db := newHistory(t), open(t, a.Installation)
	for range 10 {
		a.execute(t, h)
	}
	await.True(t, "both nodes at work",
		func() bool { return modelA.Open() > 0 && count(t, db, steps) > 5 })
	await.True(t, "the other node has watched for a lease", func() bool {
		return count(t, db, `select count(*) from node`) == 2
	})
	held := a.holds(t, db)
	a.Kill()
	killed := time.Now()
	if held == 0 {
		t.Fatal("the first node held no execution")
	}
	drain(t, db)
	t.Logf("all of the work was done %s after the kill; %d executions were the dead node's; "+
		"the other called its model %d times",
		time.Since(killed), held, modelB.Count())
	check(t, db, h, b, modelA, modelB)
	late := count(
		t,
		db,
		`select coalesce(max(gap), 0) from (select min(completed_at) - $1 as gap from step where completed_at > $1 group by execution_id) x`,
		killed.UnixMilli(),
	)
	if late > 9_500 { // 8 s, and a model's answer
		t.Errorf("an execution went on only %d ms after the kill", late)
	}
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 10 {
		t.Errorf("%d of 10 executions completed", n)
	}
}

// A node paused past its lease, in the middle of its calls, changes nothing when it
// resumes, and works again.
func TestPausedPastItsLease(t *testing.T) {
	t.Parallel()
	a, b, modelA, modelB := twoNodes(t, 400*time.Millisecond)
	h, db := newHistory(t), open(t, a.Installation)
	for range 10 {
		a.execute(t, h)
	}
	await.True(t, "the first node at work", func() bool { return modelA.Open() > 0 })
	a.signal(t, syscall.SIGSTOP)
	await.True(t, "the takeover",
		func() bool { return count(t, db, `select count(*) from node`) == 1 })
	await.True(t, "work of the other", func() bool { return count(t, db, steps) > 10 })
	a.signal(t, syscall.SIGCONT)
	drain(t, db)
	a.ready(t, 10*time.Second)
	check(t, db, h, b, modelA, modelB)
	check(t, db, h, a, modelA, modelB)
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 10 {
		t.Errorf("%d of 10 executions completed", n)
	}
	b.Kill() // what comes now is the other's alone
	for range 3 {
		a.execute(t, h)
	}
	drain(t, db)
	check(t, db, h, a, modelA, modelB)
}

// Nodes killed in turn under load on both: all that was accepted is done, once.
func TestNodesKilledInTurn(t *testing.T) {
	t.Parallel()
	a, b, modelA, modelB := twoNodes(t, 20*time.Millisecond)
	h, db := newHistory(t), open(t, a.Installation)
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
		victim.Kill()
		nodes[n%2] = start(t, victim.Installation)
	}
	left := count(t, db, unfinished)
	t.Logf("%d executions accepted, %d were left after the last kill; they ended within %s", len(h.executions), left,
		drain(t, db))
	for _, s := range nodes {
		check(t, db, h, s, modelA, modelB)
	}
}

// Two nodes that start on an empty database at the same moment create one workspace with
// one sample and one key, and neither logs an error.
func TestFirstStartOfTwoNodes(t *testing.T) {
	t.Parallel()
	url, m := product.PostgreSQL(t), model(t, time.Millisecond)
	nodes := [2]*server{}
	for i := range nodes {
		in := install(t, url, m)
		in.Sample = true
		nodes[i] = launch(t, in)
	}
	keys := 0
	for _, s := range nodes {
		s.ready(t, 30*time.Second)
		await.True(t, "the greeting",
			func() bool { return strings.Contains(s.Log.String(), "\nOpen ") })
	}
	db := open(t, nodes[0].Installation)
	drain(t, db)
	for i, s := range nodes {
		log := s.Log.String()
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
