package gate

import (
	"cmp"
	"context"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vellocity/internal/domain"
)

// The defaults of a [Load].
const (
	readsPerCPU  = 2
	writesPerCPU = 8
	readQueue    = 32
	writeQueue   = 128
	queueLimit   = 2_000
	longLimit    = 5_000
	unreadLimit  = 64 << 20
)

const (
	queueTime = 100 * time.Millisecond // the work that may wait for a slot
	burstTime = 4 * time.Second        // the same for a burst
	burstEnd  = 2 * time.Second        // after which a queue that was never empty is no burst
	patience  = 5 * time.Second        // how long a request waits where the work takes longer than expected
	firstTook = 5 * time.Millisecond   // how long a request holds its slot, as far as is known at the start
)

// LoadOptions are the bounds of a [Load]. The zero value of each means the default.
type LoadOptions struct {
	// Reads is how many short requests that read are worked on at once: 2 for each
	// processor. With a database in this process they need nothing but the processors;
	// more at once would only make each slower, and the health checks with them.
	Reads int
	// Writes is the same for all others: 8 for each processor, at least 12. They wait for
	// the disk part of the time, and share its commits.
	Writes int
	// Queue is how many of each may wait for a slot at most: 2,000. No more wait than are
	// worked off in a tenth of a second, as long as the latest ones took, but 32 may in any
	// case, and 128 of those that write. What would wait longer is refused at once instead.
	// So requests that cost little more than a refusal wait, and those that cost much are
	// served soon or not at all. A queue that was empty within the last two seconds is a
	// burst and no overload: it may have four seconds of work. Less than 0 means none.
	Queue int
	// Long is how many streams, waits and slow readers there may be: 5,000.
	Long int
	// Unread is how many bytes all slow readers together may keep waiting: 64 MiB. The one
	// who would make it more is cut off, and not the server out of memory.
	Unread int
}

// Load bounds how many requests are in progress. What there is no room for gets
// UNAVAILABLE with Retry-After at once, instead of making all others slow. A request
// that streams, or waits for something ([domain.Waiting]), gives its slot back and
// counts as long from then on.
type Load struct {
	reads, writes *lane
	most          int64 // long requests
	long          atomic.Int64
	mostUnread    int64 // bytes
	unread        atomic.Int64
	refused       atomic.Int64
}

// lane is the short requests of one kind: those with a slot, and those that wait.
type lane struct {
	slots       chan struct{}
	least, most int64 // places in the queue
	waiting     atomic.Int64
	took        atomic.Int64 // nanoseconds that a request holds its slot: the latest ones weigh most
	began       time.Time
	since       atomic.Int64 // when the queue was last empty, in nanoseconds after began
}

func newLane(slots, least, most int) *lane {
	l := &lane{slots: make(chan struct{}, slots), least: int64(min(least, most)), most: int64(most),
		began: time.Now()}
	l.took.Store(int64(firstTook))
	return l
}

// NewLoad returns a bound on requests.
func NewLoad(o LoadOptions) *Load {
	cpus, queue := runtime.GOMAXPROCS(0), cmp.Or(o.Queue, queueLimit)
	return &Load{
		reads:  newLane(cmp.Or(o.Reads, readsPerCPU*cpus), readQueue, queue),
		writes: newLane(cmp.Or(o.Writes, max(12, writesPerCPU*cpus)), writeQueue, queue),
		most:   int64(cmp.Or(o.Long, longLimit)),

		mostUnread: int64(cmp.Or(o.Unread, unreadLimit)),
	}
}

// LoadNow is what a [Load] has at the moment.
type LoadNow struct {
	Short, Waiting, Long int64 // requests with a slot, requests that wait for one, long ones
	Refused              int64 // since the start
}

// Now returns how many requests there are.
func (l *Load) Now() LoadNow {
	return LoadNow{
		Short:   int64(len(l.reads.slots) + len(l.writes.slots)),
		Waiting: l.reads.waiting.Load() + l.writes.waiting.Load(),
		Long:    l.long.Load(),
		Refused: l.refused.Load(),
	}
}

// Early refuses a request that [Load.Handler] would refuse now, and passes on all others.
// It stands before everything else, so that a refusal costs little more than reading the
// header: no span, no body, no look-up of the caller. A request that passes has no slot
// yet: a client that sends its body slowly must not hold one.
func (l *Load) Early(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !operators(r) && (l.tooLong(r) || l.lane(r).full()) {
			l.refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Handler passes on the requests that there is room for. The operator's always pass.
func (l *Load) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operators(r) {
			next.ServeHTTP(w, r)
			return
		}
		in := l.lane(r)
		if l.tooLong(r) || !in.enter(r.Context()) {
			l.refuse(w, r)
			return
		}
		s := &slot{load: l, lane: in, since: time.Now()}
		defer s.leave()
		out := &response{ResponseWriter: w, slot: s, control: http.NewResponseController(w)}
		handOn(next, out, r, r.WithContext(domain.WithWaiting(r.Context(), s.lengthen)))
	})
}

func (l *Load) refuse(w http.ResponseWriter, r *http.Request) {
	l.refused.Add(1)
	tooMany.write(w, r)
}

// operators reports whether a request came through the operator's own door.
func operators(r *http.Request) bool {
	a, ok := domain.ActorFrom(r.Context())
	return ok && a.Kind == domain.ActorOperator
}

func (l *Load) lane(r *http.Request) *lane {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return l.reads
	}
	return l.writes
}

// tooLong reports whether a request asks for a stream or for a wait, and there are as
// many as there may be.
func (l *Load) tooLong(r *http.Request) bool {
	return l.long.Load() >= l.most && (strings.Contains(r.Header.Get("Accept"), "text/event-stream") ||
		strings.Contains(r.Header.Get("Prefer"), "wait"))
}

// full reports whether a request would find neither a slot nor a place in the queue.
func (l *lane) full() bool { return len(l.slots) == cap(l.slots) && l.waiting.Load() >= l.places() }

// places is how many requests may wait.
func (l *lane) places() int64 {
	work := queueTime
	if l.waiting.Load() == 0 || time.Since(l.began)-time.Duration(l.since.Load()) < burstEnd {
		work = burstTime
	}
	inTime := int64(cap(l.slots)) * int64(work) / max(1, l.took.Load())
	return min(l.most, max(l.least, inTime))
}

// note counts how long a request held its slot. Two that end in the same instant may
// count as one.
func (l *lane) note(held time.Duration) {
	before := l.took.Load()
	l.took.Store(before + (int64(held)-before)/16)
}

// enter takes a slot, and reports false where there is none in time.
func (l *lane) enter(ctx context.Context) bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
	}
	n := l.waiting.Add(1)
	if n == 1 {
		l.since.Store(int64(time.Since(l.began)))
	}
	if n > l.places() {
		l.waiting.Add(-1)
		return false
	}
	defer l.waiting.Add(-1)
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case l.slots <- struct{}{}:
		return true
	case <-timeout.C:
	case <-ctx.Done():
	}
	return false
}

// slot is what a request holds.
type slot struct {
	load  *Load
	lane  *lane
	since time.Time

	mu   sync.Mutex
	long bool
	over bool
}

// lengthen gives the slot to others: the request is long from now on.
func (s *slot) lengthen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.long || s.over {
		return
	}
	s.long = true
	s.load.long.Add(1)
	s.free()
}

func (s *slot) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.long {
		s.load.long.Add(-1)
		return
	}
	s.free()
}

// free gives the slot to the next request.
func (s *slot) free() {
	s.lane.note(time.Since(s.since))
	<-s.lane.slots
}
