package auth

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Window is the state of one rate limit.
type Window struct {
	Name      string // "minute" or "day"
	Length    time.Duration
	Limit     int
	Remaining int
	Reset     time.Time // when it starts again at the full limit
}

// Verdict says whether a request may proceed, and what its headers say.
type Verdict struct {
	Allowed bool
	// Windows is empty where limits are off: then no header is sent.
	Windows []Window
	// Nearer is the window that the single-window headers describe: the one that is nearer
	// to its end, which is the minute, so that a caller can pace itself by them. Of a
	// request that is refused it is the one that refuses it for longest.
	Nearer Window
	// RetryAfter is how long to wait until a request is let through again, in whole
	// seconds, at least one; 0 when allowed.
	RetryAfter time.Duration
}

// Err returns nil when the request may proceed, else RATE_LIMITED.
func (v Verdict) Err() error {
	if v.Allowed {
		return nil
	}
	e := domain.Errorf(domain.CodeRateLimited, "Too many requests per %s for this workspace's plan; try again in %s",
		v.Nearer.Name, wait(v.RetryAfter))
	e.RetryAfter = v.RetryAfter
	return e
}

// Limiter counts the requests of each workspace against its plan, per minute and
// per day (API contract, section 1). Windows are aligned to the clock in UTC.
//
// With one node, counts are kept in memory and written every second. Nodes that share
// a database each lease blocks of at most a hundredth of a window, so that together
// they never let through more than the plan allows.
type Limiter struct {
	store  *store.Store
	log    *slog.Logger
	now    func() time.Time
	off    bool
	shared bool

	mu     sync.RWMutex
	counts map[int64]*counts
}

// counts are those of one workspace. Its lock is held while a block is leased, so that
// a node leases once.
type counts struct {
	mu     sync.Mutex
	minute window
	day    window
	// While the database is unavailable, callers get the error at once instead of
	// waiting for it one after the other.
	away  error
	until time.Time
}

const (
	leaseTimeout = 2 * time.Second
	awayFor      = time.Second
)

// window is the period that is being counted.
type window struct {
	span   string
	length time.Duration
	starts time.Time
	used   int  // by all; on a shared database as it was at the last lease, with the lease
	left   int  // shared only: leased and not used yet
	dirty  bool // alone only: not written yet
	loaded bool // alone only: used counts what was stored before
}

// NewLimiter returns a limiter; off lets everything through and sends no headers.
// [Limiter.Run] must be running.
func NewLimiter(s *store.Store, log *slog.Logger, off bool) *Limiter {
	return &Limiter{store: s, log: log, now: s.Now, off: off, shared: s.Postgres(), counts: map[int64]*counts{}}
}

// Take counts one request, unless a window of the plan is used up: a request that
// is refused is not counted. An error means that the database is away.
func (l *Limiter) Take(ctx context.Context, workspaceID int64, plan domain.Plan) (Verdict, error) {
	if l.off {
		return Verdict{Allowed: true}, nil
	}
	limits := plan.Limits()
	c := l.of(workspaceID)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := l.now()
	if err := l.prepare(ctx, workspaceID, c, now); err != nil {
		return Verdict{}, err
	}
	for _, w := range []struct {
		*window
		limit int
	}{{&c.minute, limits.PerMinute}, {&c.day, limits.PerDay}} {
		if l.shared && w.left == 0 && w.used < w.limit {
			if err := l.leaseOnce(ctx, workspaceID, c, w.window, w.limit); err != nil {
				return Verdict{}, err
			}
		}
	}
	allowed := l.remaining(c.minute, limits.PerMinute) > 0 && l.remaining(c.day, limits.PerDay) > 0
	if allowed {
		l.spend(&c.minute)
		l.spend(&c.day)
	}
	return verdict(allowed, now, l.show(c.minute, limits.PerMinute), l.show(c.day, limits.PerDay)), nil
}

func (l *Limiter) of(workspaceID int64) *counts {
	l.mu.RLock()
	c := l.counts[workspaceID]
	l.mu.RUnlock()
	if c != nil {
		return c
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c = l.counts[workspaceID]; c == nil {
		c = &counts{
			minute: window{span: "minute", length: time.Minute},
			day:    window{span: "day", length: 24 * time.Hour},
		}
		l.counts[workspaceID] = c
	}
	return c
}

// prepare resets windows that have ended, and reads what was counted before this
// node started.
func (l *Limiter) prepare(ctx context.Context, workspaceID int64, c *counts, now time.Time) error {
	for _, w := range []*window{&c.minute, &c.day} {
		w.roll(now)
		if w.loaded || l.shared {
			continue
		}
		used, err := l.store.Read().Usage(ctx, workspaceID, w.span, w.starts)
		if err != nil {
			return fmt.Errorf("count requests: %w", err)
		}
		w.used, w.loaded = used, true
	}
	return nil
}

// clockSlack is how far a clock may be set back without an earlier window.
const clockSlack = time.Minute

// roll resets a window that has ended, and one that begins in the future, since the
// clock was set back: what was counted in the present one before is read again. A small
// correction of the clock opens no window twice.
func (w *window) roll(now time.Time) {
	start := now.UTC().Truncate(w.length)
	back := w.starts.After(now.Add(clockSlack))
	if back {
		w.loaded = false
	}
	if back || start.After(w.starts) {
		w.starts, w.used, w.left, w.dirty = start, 0, 0, false
	}
}

// leaseOnce leases, and remembers a failure for a moment. The end of the caller's
// context does not end it: others wait for the block, too.
func (l *Limiter) leaseOnce(ctx context.Context, workspaceID int64, c *counts, w *window, limit int) error {
	now := l.now()
	if c.away != nil && now.Before(c.until) {
		return c.away
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTimeout)
	defer cancel()
	c.away, c.until = l.lease(ctx, workspaceID, w, limit), now.Add(awayFor)
	return c.away
}

// lease takes the next block of a window that nodes share.
func (l *Limiter) lease(ctx context.Context, workspaceID int64, w *window, limit int) error {
	want := store.Usage{WorkspaceID: workspaceID, Span: w.span, Starts: w.starts, N: max(1, limit/100)}
	var got, used int
	err := l.store.InTx(ctx, func(tx *store.Tx) (err error) {
		got, used, err = tx.LeaseUsage(ctx, want, limit)
		return err
	})
	if err != nil {
		return fmt.Errorf("count requests: %w", err)
	}
	w.left, w.used = got, used
	return nil
}

func (l *Limiter) remaining(w window, limit int) int {
	if l.shared {
		// Without a leased block nothing is left: other nodes have the rest.
		return w.left
	}
	return limit - w.used
}

func (l *Limiter) spend(w *window) {
	if l.shared {
		w.left--
		return
	}
	w.used++
	w.dirty = true
}

func (l *Limiter) show(w window, limit int) Window {
	return Window{
		Name:      w.span,
		Length:    w.length,
		Limit:     limit,
		Remaining: max(0, limit-w.used+w.left),
		Reset:     w.starts.Add(w.length),
	}
}

// wait says how long a wait is, in the unit that people would use, rounded up.
func wait(d time.Duration) string {
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"hour", time.Hour}, {"minute", time.Minute}} {
		if d > 2*unit.length {
			return domain.Plural(int((d+unit.length-1)/unit.length), unit.name)
		}
	}
	return domain.Plural(int((d+time.Second-1)/time.Second), "second")
}

// verdict finds the window that matters; windows are sorted by their length.
func verdict(allowed bool, now time.Time, windows ...Window) Verdict {
	v := Verdict{Allowed: allowed, Windows: windows, Nearer: windows[0]}
	if allowed {
		return v
	}
	for _, w := range windows[1:] {
		if w.Remaining == 0 { // only at its end does a request get through
			v.Nearer = w
		}
	}
	v.RetryAfter = max(time.Second, wholeSeconds(v.Nearer.Reset.Sub(now)))
	return v
}

func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// Run writes the counts every second and returns unused blocks when ctx ends.
func (l *Limiter) Run(ctx context.Context) {
	if l.off {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			l.settle(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			if !l.shared {
				l.write(ctx)
			}
			if n%600 == 0 {
				l.sweep(ctx)
			}
		}
	}
}

func (l *Limiter) settle(ctx context.Context) {
	if l.shared {
		l.giveBack(ctx)
		return
	}
	l.write(ctx)
}

// each calls f for each window of each workspace, under its lock.
func (l *Limiter) each(f func(workspaceID int64, w *window)) {
	l.mu.RLock()
	all := make(map[int64]*counts, len(l.counts))
	for id, c := range l.counts {
		all[id] = c
	}
	l.mu.RUnlock()
	for id, c := range all {
		c.mu.Lock()
		f(id, &c.minute)
		f(id, &c.day)
		c.mu.Unlock()
	}
}

// write stores what was counted since the last time.
func (l *Limiter) write(ctx context.Context) {
	var list []store.Usage
	l.each(func(id int64, w *window) {
		if w.dirty {
			list = append(list, store.Usage{WorkspaceID: id, Span: w.span, Starts: w.starts, N: w.used})
			w.dirty = false
		}
	})
	if len(list) == 0 {
		return
	}
	l.do(ctx, "write the counted requests", func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveUsage(ctx, list)
	})
}

func (l *Limiter) giveBack(ctx context.Context) {
	var list []store.Usage
	l.each(func(id int64, w *window) {
		if w.left > 0 {
			list = append(list, store.Usage{WorkspaceID: id, Span: w.span, Starts: w.starts, N: w.left})
			w.left = 0
		}
	})
	l.do(ctx, "return leased requests", func(ctx context.Context, tx *store.Tx) error {
		for _, u := range list {
			if err := tx.ReturnUsage(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *Limiter) sweep(ctx context.Context) {
	before := l.now().Add(-48 * time.Hour)
	l.do(ctx, "remove old counts", func(ctx context.Context, tx *store.Tx) error {
		return tx.DeleteOldUsage(ctx, before)
	})
}

// do writes in the background. A failure costs accuracy only: the next write of a
// count contains all of it.
func (l *Limiter) do(ctx context.Context, what string, f func(context.Context, *store.Tx) error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := l.store.InTx(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		l.log.Warn("count requests", "doing", what, "error", err)
	}
}
