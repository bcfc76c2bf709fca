package crash_test

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"math/rand/v2"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/store/storetest"
)

// model starts a model server that takes so long until the first word.
func model(t *testing.T, first time.Duration) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(aitest.Writer(aitest.Pace{First: first, Words: 60}))
	t.Cleanup(m.Close)
	return m
}

func cycles(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VELLOCITY_CRASH_CYCLES")
	if text == "" {
		return 6
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Killed again and again at any instant under load, the server keeps what it
// promised.
func TestKilledUnderLoad(t *testing.T) {
	m := model(t, 5*time.Millisecond)
	eachDatabase(t, m.BaseURL(aitest.OpenAIWire), func(t *testing.T, in *installation) {
		h := newHistory(t)
		for range cycles(t) {
			s := in.start(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(50+rand.IntN(1450))*time.Millisecond)
			time.AfterFunc(time.Until(deadline(ctx)), func() { s.signal(t, syscall.SIGKILL) })
			s.load(ctx, t, h, 10)
			cancel()
			s.kill(t)
		}
		s := in.start(t)
		db := in.open(t)
		began, left := time.Now(), count(t, db, open)
		drain(t, db, 3*time.Minute)
		t.Logf("%d runs were left after the last kill; they ended within %s", left, time.Since(began))
		check(t, db, h, s)
		t.Logf("%d runs accepted, answers by status %v, %d steps recorded, %d runs failed", len(h.executions), h.calls, count(t, db, steps),
			count(t, db, `select count(*) from execution where status = 'failed'`))
		if len(h.executions) == 0 || count(t, db, `select count(*) from execution where status = 'completed'`) == 0 {
			t.Error("nothing was done")
		}
	})
}

func deadline(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}

// Interrupted work goes on within a second of the restart.
func TestResumesAfterRestart(t *testing.T) {
	m := model(t, 300*time.Millisecond)
	eachDatabase(t, m.BaseURL(aitest.OpenAIWire), func(t *testing.T, in *installation) {
		h := newHistory(t)
		s := in.start(t)
		for range 5 {
			s.execute(t, h)
		}
		db := in.open(t)
		eventually(t, 30*time.Second, "some steps", func() bool { return count(t, db, steps) >= 5 })
		eventually(t, 30*time.Second, "a call in the air", func() bool { return m.Open() > 0 })
		s.kill(t)
		eventually(t, 10*time.Second, "the end of the calls", func() bool { return m.Open() == 0 })
		recorded, calls := count(t, db, steps), m.Count()
		began := time.Now()
		s = in.launch(t)
		for m.Count() == calls {
			if time.Since(began) > 10*time.Second {
				t.Fatal("no work after the restart")
			}
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("work went on %s after the restart", took)
		} else {
			t.Logf("work went on %s after the process was started, with %d steps recorded", took, recorded)
		}
		s.ready(t, 10*time.Second)
		drain(t, db, time.Minute)
		check(t, db, h, s)
		if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 5 {
			t.Errorf("%d of 5 runs completed", n)
		}
	})
}

// twoNodes starts two servers on one PostgreSQL, each with a model of its own so
// that one can tell who works.
func twoNodes(t *testing.T, first time.Duration) (a, b *server, modelA, modelB *aitest.Server) {
	t.Helper()
	url := storetest.NewCluster(t).URL()
	modelA, modelB = model(t, first), model(t, first)
	inA, inB := install(t, url, modelA.BaseURL(aitest.OpenAIWire)), install(t, url, modelB.BaseURL(aitest.OpenAIWire))
	a = inA.start(t)
	inB.key = inA.key
	return a, inB.start(t), modelA, modelB
}

// A node's work goes on elsewhere within 8 s of its death.
func TestAnotherNodeTakesOver(t *testing.T) {
	a, b, modelA, modelB := twoNodes(t, 400*time.Millisecond)
	h, db := newHistory(t), a.open(t)
	for range 10 {
		a.execute(t, h)
	}
	eventually(t, 30*time.Second, "both nodes at work", func() bool { return modelA.Open() > 0 && count(t, db, steps) > 5 })
	eventually(t, 10*time.Second, "the other node has watched for a lease", func() bool {
		return count(t, db, `select count(*) from node`) == 2
	})
	a.kill(t)
	killed := time.Now()
	held := count(t, db, `select count(*) from river_job where state = 'running' and not exists (select 1 from node n where n.seen >=
		(extract(epoch from clock_timestamp()) * 1000)::bigint - 500 and n.id || '/' || n.generation = attempted_by[array_upper(attempted_by, 1)])`)
	drain(t, db, time.Minute)
	t.Logf("all of the work was done %s after the kill; about %d runs were the dead node's; the other called its model %d times",
		time.Since(killed), held, modelB.Count())
	check(t, db, h, b)
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
	a, b, modelA, _ := twoNodes(t, 400*time.Millisecond)
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
	check(t, db, h, b)
	check(t, db, h, a)
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 10 {
		t.Errorf("%d of 10 runs completed", n)
	}
	b.kill(t) // what comes now is the other's alone
	for range 3 {
		a.execute(t, h)
	}
	drain(t, db, time.Minute)
	check(t, db, h, a)
}

// PostgreSQL goes away for 20 s: the server lives, says so, and goes on.
func TestDatabaseAway(t *testing.T) {
	c := storetest.NewCluster(t)
	m := model(t, 100*time.Millisecond)
	in := install(t, c.URL(), m.BaseURL(aitest.OpenAIWire))
	s := in.start(t)
	h, db := newHistory(t), in.open(t)
	for range 20 {
		s.execute(t, h)
	}
	eventually(t, 30*time.Second, "some steps", func() bool { return count(t, db, steps) >= 10 })
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	gone := time.Now()
	eventually(t, 5*time.Second, "readyz to say so", func() bool { return s.status(t, "/readyz") == http.StatusServiceUnavailable })
	for time.Since(gone) < 20*time.Second {
		if got := s.status(t, "/healthz"); got != http.StatusOK {
			t.Errorf("healthz answers %d", got)
		}
		if got := s.status(t, "/api/v1/content-workflow/executions"); got != http.StatusServiceUnavailable {
			t.Errorf("a list answers %d", got)
		}
		time.Sleep(time.Second)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	s.ready(t, 5*time.Second)
	t.Logf("ready %s after the database was back", time.Since(back))
	db = in.open(t)
	drain(t, db, time.Minute)
	check(t, db, h, s)
	if n := count(t, db, `select count(*) from execution where status = 'completed'`); n != 20 {
		t.Errorf("%d of 20 runs completed", n)
	}
}

// SIGTERM under load: the server ends in order, and what was running goes on
// after the next start.
func TestTerminatedUnderLoad(t *testing.T) {
	m := model(t, 50*time.Millisecond)
	eachDatabase(t, m.BaseURL(aitest.OpenAIWire), func(t *testing.T, in *installation) {
		h := newHistory(t)
		for range 2 {
			s := in.start(t)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, func() { s.signal(t, syscall.SIGTERM) })
			time.AfterFunc(1200*time.Millisecond, cancel)
			s.load(ctx, t, h, 10)
			if err := s.wait(t, 25*time.Second); err != nil {
				t.Errorf("the server ended with %v", err)
			}
		}
		s := in.start(t)
		db := in.open(t)
		drain(t, db, 2*time.Minute)
		check(t, db, h, s)
		t.Logf("%d runs accepted, answers by status %v", len(h.executions), h.calls)
	})
}
