package sse

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Done is the data of the event that ends every stream.
const Done = "[DONE]"

// ErrClosed is returned for anything sent after [Writer.Close].
var ErrClosed = errors.New("sse: the stream has ended")

// Event is one event of a stream. An empty Name is the default, "message".
type Event struct {
	ID   string
	Name string
	Data string
}

// Writer writes one stream. It is safe for concurrent use.
type Writer struct {
	life    context.Context // of the request: once it is over, w must not be touched
	w       http.ResponseWriter
	control *http.ResponseController
	opts    Options

	mu     sync.Mutex
	buf    []byte
	beat   *time.Timer
	err    error
	closed bool
}

// Options are the times of a stream. The zero value of each means the default.
type Options struct {
	// Heartbeat is the silence after which a comment is sent: 15 s.
	Heartbeat time.Duration
	// Patience is how long one flush may take before the reader counts as gone:
	// 30 s. A stalled reader must not hold a stream forever.
	Patience time.Duration
}

// Start sends the header of a stream and a comment at once and returns its writer. The context
// is the request's. The caller must end with [Writer.Close] before its handler
// returns.
func Start(ctx context.Context, w http.ResponseWriter, opts Options) *Writer {
	if opts.Heartbeat <= 0 {
		opts.Heartbeat = 15 * time.Second
	}
	if opts.Patience <= 0 {
		opts.Patience = 30 * time.Second
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := &Writer{life: ctx, w: w, control: http.NewResponseController(w), opts: opts}
	out.mu.Lock()
	defer out.mu.Unlock()
	// Firefox reports a stream as open only once its first bytes have come.
	out.buf = append(out.buf, ": connected\n\n"...)
	_ = out.write() // kept in out.err for the first Send
	out.beat = time.AfterFunc(opts.Heartbeat, out.heartbeat)
	return out
}

// Send writes one event and flushes it. The first failure is kept and returned
// for everything that follows: the reader is gone.
func (w *Writer) Send(e Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.buf = appendEvent(w.buf[:0], e)
	return w.write()
}

// Close ends the stream with exactly one data: [DONE], whatever came before.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return w.err
	}
	w.closed = true
	w.beat.Stop()
	w.buf = appendEvent(w.buf[:0], Event{Data: Done})
	return w.write()
}

// Break ends the stream without data: [DONE], because it can be resumed. The caller
// must end the connection, too.
func (w *Writer) Break() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed, w.err = true, ErrClosed
		w.beat.Stop()
	}
}

func (w *Writer) heartbeat() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.err != nil || w.life.Err() != nil {
		return
	}
	w.buf = append(w.buf[:0], ": still here\n\n"...)
	_ = w.write() // kept in w.err for the next Send
}

func (w *Writer) write() error {
	if w.err != nil {
		return w.err
	}
	// Not every writer has deadlines; one without them cannot stall either.
	_ = w.control.SetWriteDeadline(time.Now().Add(w.opts.Patience))
	if _, err := w.w.Write(w.buf); err != nil {
		w.err = err
		return err
	}
	w.flush()
	if !w.closed && w.beat != nil {
		w.beat.Reset(w.opts.Heartbeat)
	}
	return w.err
}

func (w *Writer) flush() {
	if err := w.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		w.err = err
	}
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// appendEvent appends the event's wire form. This wire does not distinguish a carriage
// return from a line break, so each becomes one.
func appendEvent(b []byte, e Event) []byte {
	if e.ID != "" {
		b = append(append(append(b, "id: "...), e.ID...), '\n')
	}
	if e.Name != "" {
		b = append(append(append(b, "event: "...), e.Name...), '\n')
	}
	data := e.Data
	if strings.IndexByte(data, '\r') >= 0 {
		data = newlines.Replace(data)
	}
	for line := range strings.SplitSeq(data, "\n") {
		b = append(append(append(b, "data: "...), line...), '\n')
	}
	return append(b, '\n')
}
