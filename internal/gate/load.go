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
	readsPerCPU  = 4
	writesPerCPU = 16
	queueLength  = 200
	longLimit    = 5_000
	unreadLimit  = 64 << 20
)

const (
	patience     = 5 * time.Second        // how long a request waits for a slot
	slowWrite    = 250 * time.Millisecond // after which a response no longer holds a slot
	largeWrite   = 32 << 10               // bytes that a connection takes without waiting for its reader
	writeTimeout = 30 * time.Second       // for a reader to take one part of a response
)

// LoadOptions are the bounds of a [Load]. The zero value of each means the default.
type LoadOptions struct {
	// Reads is how many short requests that read are worked on at once: 4 for each
	// processor, at least 8. They keep the processors busy; more would only make each
	// slower, and the health checks with them.
	Reads int
	// Writes is the same for all others: 16 for each processor, at least 32. They wait
	// for the disk most of the time, and share its commits.
	Writes int
	// Queue is how many of each may wait for a slot: 200. It is short enough to be
	// worked off in a fraction of a second, so that who is refused is refused at once, and
	// long enough for a burst. Less than 0 means none.
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
	slots   chan struct{}
	queue   int64
	waiting atomic.Int64
}

// NewLoad returns a bound on requests.
func NewLoad(o LoadOptions) *Load {
	cpus, queue := runtime.GOMAXPROCS(0), int64(cmp.Or(o.Queue, queueLength))
	return &Load{
		reads:  &lane{slots: make(chan struct{}, cmp.Or(o.Reads, max(8, readsPerCPU*cpus))), queue: queue},
		writes: &lane{slots: make(chan struct{}, cmp.Or(o.Writes, max(32, writesPerCPU*cpus))), queue: queue},
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

// Handler passes on the requests that there is room for. The operator's always pass.
func (l *Load) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, ok := domain.ActorFrom(r.Context()); ok && a.Kind == domain.ActorOperator {
			next.ServeHTTP(w, r)
			return
		}
		in := l.writes
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			in = l.reads
		}
		if maybeLong(r) && l.long.Load() >= l.most || !in.enter(r.Context()) {
			l.refused.Add(1)
			refuse(w, r, "The server has more requests than it can handle at the moment. Try again shortly.")
			return
		}
		s := &slot{load: l, lane: in}
		defer s.leave()
		out := &response{ResponseWriter: w, slot: s, control: http.NewResponseController(w)}
		handOn(next, out, r, r.WithContext(domain.WithWaiting(r.Context(), s.lengthen)))
	})
}

// maybeLong reports whether a request asks for a stream or for a wait.
func maybeLong(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/event-stream") ||
		strings.Contains(r.Header.Get("Prefer"), "wait")
}

// enter takes a slot, and reports false where there is none in time.
func (l *lane) enter(ctx context.Context) bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
	}
	if l.waiting.Add(1) > l.queue {
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
	load *Load
	lane *lane

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
	<-s.lane.slots
}

func (s *slot) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.long {
		s.load.long.Add(-1)
		return
	}
	<-s.lane.slots
}

// response bounds how long a reader may take, and gives the slot back when the
// response is a stream or its reader is slow.
type response struct {
	http.ResponseWriter
	slot    *slot
	control *http.ResponseController
	begun   bool
	stream  bool
	written int
}

// WriteHeader notes whether a stream begins.
func (w *response) WriteHeader(status int) {
	if !w.begun && status >= 200 {
		w.begun = true
		w.stream = strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
		if w.stream {
			w.slot.lengthen()
		}
		w.extend()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the response.
func (w *response) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	w.written += len(p)
	switch {
	case w.stream:
		w.extend()
	case w.written > largeWrite:
		return w.writeLarge(p)
	}
	return w.ResponseWriter.Write(p)
}

// writeLarge writes a part that its reader may take long for. From then on it is counted
// among what slow readers keep waiting; where that is too much, the reader is cut off.
func (w *response) writeLarge(p []byte) (int, error) {
	size, l := int64(len(p)), w.slot.load
	timer := time.AfterFunc(slowWrite, func() {
		w.slot.lengthen()
		if l.unread.Add(size) > l.mostUnread {
			_ = w.control.SetWriteDeadline(time.Now()) // the connection ends
		}
	})
	defer func() {
		if !timer.Stop() {
			l.unread.Add(-size)
		}
	}()
	return w.ResponseWriter.Write(p)
}

// extend gives the reader time for the next part. net/http sets another deadline for
// the next request on the connection.
func (w *response) extend() {
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // a test's writer has none
}

// Unwrap is for [http.ResponseController].
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush is for handlers that ask for [http.Flusher].
func (w *response) Flush() {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	_ = w.control.Flush() // the next write says that the reader is gone
}
