package queue_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// node is a process of its own that works trials.
type node struct{ *osexec.Cmd }

func startNode(t *testing.T, name, url, dir string, pace time.Duration) node {
	t.Helper()
	cmd := osexec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])
	cmd.Env = append(os.Environ(),
		"QUEUE_TEST_NODE="+name, "QUEUE_TEST_URL="+url, "QUEUE_TEST_DIR="+dir, "QUEUE_TEST_PACE="+pace.String())
	if os.Getenv("QUEUE_TEST_LOG") != "" {
		cmd.Stderr = os.Stderr
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node{cmd}.kill(t) })
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(out).ReadString('\n')
		line <- text
	}()
	if !strings.HasPrefix(recv(t, line, "sign of the node"), "ready") {
		t.Fatal("the node did not start")
	}
	return node{cmd}
}

func (n node) kill(t *testing.T) {
	t.Helper()
	if n.ProcessState != nil {
		return
	}
	if err := n.Process.Kill(); err != nil {
		t.Error(err)
	}
	n.Wait()
}

func (n node) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := n.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func trials(t *testing.T, s *store.Store, from, n int) {
	t.Helper()
	q, err := queue.New(queue.Options{DB: s.DB()})
	if err != nil {
		t.Fatal(err)
	}
	for ref := from; ref < from+n; ref++ {
		exec(t, s, `insert into trial (ref, epoch, done) values ($1, 0, 0)`, ref)
		enqueue(t, s, q, queue.Insert{Kind: "trial", Ref: int64(ref)})
	}
}

func trialSchema(t *testing.T, s *store.Store) {
	t.Helper()
	for _, statement := range strings.Split(trialTables, ";") {
		exec(t, s, statement)
	}
}

func steps(t *testing.T, s *store.Store) int64 {
	t.Helper()
	return query(t, s, `select count(*) from trial_step`)
}

func allDone(t *testing.T, s *store.Store, n int) {
	t.Helper()
	eventually(t, "all trials done", func() bool {
		return query(t, s, `select count(*) from trial where done = $1`, trialSteps) == int64(n)
	})
	if got := steps(t, s); got != int64(n*trialSteps) {
		t.Errorf("%d steps recorded, want %d", got, n*trialSteps)
	}
	eventually(t, "no job left", func() bool {
		return query(t, s, `select count(*) from river_job where state <> 'completed'`) == 0
	})
	if n := query(t, s, `select count(*) from river_job where attempt > 1`); n > 0 {
		t.Errorf("%d jobs had attempts counted", n)
	}
}

// Killed with -9, a node goes on at once when it starts again.
func TestKilledNodeResumesAtStart(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		trialSchema(t, s)
		dir := ""
		if d, ok := dirs.Load(s); ok {
			dir = d.(string)
		}
		n := startNode(t, "n1", s.URL(), dir, 300*time.Millisecond)
		trials(t, s, 0, 20)
		eventually(t, "some steps", func() bool { return steps(t, s) > 0 })
		n.kill(t)
		running := query(t, s, `select count(*) from river_job where state = 'running'`)
		if running == 0 {
			t.Fatal("nothing was running when the node was killed")
		}
		before := steps(t, s)
		startNode(t, "n1", s.URL(), dir, 30*time.Millisecond)
		ready := time.Now()
		eventually(t, "the first step after the start", func() bool { return steps(t, s) > before })
		t.Logf("%d jobs were running; the first step came %s after the start", running, time.Since(ready))
		allDone(t, s, 20)
	})
}

func TestDeadNodesWorkIsTakenOver(t *testing.T) {
	s := storetest.Postgres(t)
	trialSchema(t, s)
	n1 := startNode(t, "n1", s.URL(), "", 300*time.Millisecond)
	trials(t, s, 0, 20)
	eventually(t, "some steps", func() bool { return steps(t, s) > 0 })
	n1.kill(t)
	killed := time.Now()
	startNode(t, "n2", s.URL(), "", 40*time.Millisecond)
	eventually(t, "the other node's first step", func() bool {
		return query(t, s, `select count(*) from trial_step where node = 'n2'`) > 0
	})
	t.Logf("taken over %s after the kill; the lease is 2s", time.Since(killed))
	allDone(t, s, 20)
}

// A node that was paused past its lease and goes on changes nothing of what
// another has taken over, neither steps nor jobs, and then works on.
func TestPausedNodeChangesNothing(t *testing.T) {
	s := storetest.Postgres(t)
	trialSchema(t, s)
	n1 := startNode(t, "n1", s.URL(), "", 300*time.Millisecond)
	trials(t, s, 0, 20)
	eventually(t, "steps on the first node", func() bool {
		return query(t, s, `select count(distinct ref) from trial_step`) == 20
	})
	// What it has begun to record when it is paused, it may record: it is paused between two transactions.
	eventually(t, "a moment without a transaction", func() bool {
		n1.signal(t, syscall.SIGSTOP)
		if query(t, s, `select count(*) from pg_stat_activity where datname = current_database()
			and xact_start is not null and pid <> pg_backend_pid()`) == 0 {
			return true
		}
		n1.signal(t, syscall.SIGCONT)
		return false
	})
	startNode(t, "n2", s.URL(), "", 300*time.Millisecond)
	eventually(t, "takeover of all", func() bool {
		return query(t, s, `select count(*) from trial where epoch < 2 and done < $1`, trialSteps) == 0
	})
	paused := query(t, s, `select count(*) from trial_step where node = 'n1'`)
	n1.signal(t, syscall.SIGCONT)
	allDone(t, s, 20)
	if n := query(t, s, `select count(*) from trial_step where node = 'n1'`); n != paused {
		t.Errorf("the paused node recorded %d steps after it went on", n-paused)
	}
	eventually(t, "the paused node's new lease", func() bool {
		return query(t, s, `select count(*) from node`) == 2
	})
	trials(t, s, 100, 60)
	allDone(t, s, 80)
	if n := query(t, s, `select count(*) from trial_step where node = 'n1' and ref >= 100`); n == 0 {
		t.Error("the paused node does not work any more")
	}
}

func TestLostLeaseEndsTheGenerationOnly(t *testing.T) {
	s := storetest.Postgres(t)
	started, ended := make(chan queue.Job, 9), make(chan error, 9)
	var lost atomic.Int64
	release := make(chan bool)
	o := options(s, only(func(ctx context.Context, j queue.Job) error {
		started <- j
		select {
		case <-ctx.Done():
			ended <- context.Cause(ctx)
			return nil // a verdict that must not count
		case <-release:
			return nil
		}
	}))
	o.OnLost = func() { lost.Add(1) }
	q := start(t, o)
	enqueue(t, s, q, queue.Insert{Kind: "work"})
	first := recv(t, started, "start")
	exec(t, s, `delete from node`) // as a node does that takes over
	if why := recv(t, ended, "end of the lost job"); !errors.Is(why, queue.ErrLost) {
		t.Errorf("ended by %v", why)
	}
	second := recv(t, started, "start in the new generation")
	if second.ID != first.ID || second.Attempt != 1 {
		t.Errorf("second run: %+v, first: %+v", second, first)
	}
	if err := q.Alive(); err != nil {
		t.Errorf("alive: %v", err)
	}
	if lost.Load() != 1 {
		t.Errorf("lost %d times", lost.Load())
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.Complete(t.Context(), tx.DB(), first) })
	if !errors.Is(err, queue.ErrLost) {
		t.Errorf("the lost run completed the job: %v", err)
	}
	close(release)
	eventually(t, "the job's end", func() bool {
		return query(t, s, `select count(*) from river_job where state <> 'completed'`) == 0
	})
}

// A database that is away for longer than a lease ends the generation; the work
// goes on when it is back.
func TestDatabaseAwayAndBack(t *testing.T) {
	c := storetest.NewCluster(t)
	s := storetest.Open(t, store.Options{URL: c.URL()})
	if err := errors.Join(s.Migrate(t.Context()), queue.Migrate(t.Context(), s.DB())); err != nil {
		t.Fatal(err)
	}
	trialSchema(t, s)
	var fenced atomic.Int64
	var q *queue.Queue
	o := options(s, nil)
	o.Handlers = map[string]queue.Handler{"trial": trial(s, &q, "n1", 50*time.Millisecond, &fenced)}
	o.Lease = time.Second
	q = start(t, o)
	trials(t, s, 0, 40)
	eventually(t, "some steps", func() bool { return steps(t, s) > 10 })
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the queue notices", func() bool { return q.Alive() != nil })
	<-time.After(2 * o.Lease)
	if err := q.Alive(); err == nil {
		t.Error("alive without a database")
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	before := steps(t, s)
	eventually(t, "the first step after", func() bool { return steps(t, s) > before })
	t.Logf("the first step came %s after the database was back", time.Since(back))
	allDone(t, s, 40)
	if err := q.Alive(); err != nil {
		t.Errorf("alive: %v", err)
	}
}

// glimpse is a query whose connection may have died with the database: -1.
func glimpse(t *testing.T, s *store.Store, sql string, args ...any) (n int64) {
	t.Helper()
	if err := s.DB().SQL().QueryRowContext(t.Context(), sql, args...).Scan(&n); err != nil {
		return -1
	}
	return n
}

// A short break of the database costs nothing but the break.
func TestDatabaseRestart(t *testing.T) {
	c := storetest.NewCluster(t)
	s := storetest.Open(t, store.Options{URL: c.URL()})
	if err := errors.Join(s.Migrate(t.Context()), queue.Migrate(t.Context(), s.DB())); err != nil {
		t.Fatal(err)
	}
	trialSchema(t, s)
	var lost atomic.Int64
	var fenced atomic.Int64
	var q *queue.Queue
	o := options(s, nil)
	o.Handlers = map[string]queue.Handler{"trial": trial(s, &q, "n1", 20*time.Millisecond, &fenced)}
	o.Lease, o.OnLost = 5*time.Second, func() { lost.Add(1) }
	q = start(t, o)
	trials(t, s, 0, 40)
	for range 2 {
		before := glimpse(t, s, `select count(*) from trial_step`)
		eventually(t, "some steps", func() bool {
			return glimpse(t, s, `select count(*) from trial_step`) > before+10
		})
		if err := errors.Join(c.Kill(), c.Start()); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all trials done", func() bool {
		return glimpse(t, s, `select count(*) from trial where done = $1`, trialSteps) == 40
	})
	if lost.Load() > 0 {
		t.Error("a short break ended the generation")
	}
}
