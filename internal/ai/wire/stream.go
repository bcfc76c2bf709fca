// Package wire is what the providers on HTTP share: calls that are answered with
// a stream of bounded size or fail, the reading of error answers in every shape
// that is in use, and JSON Schemas cut down to what a provider takes.
package wire

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/sse"
)

// Limits of what is read from a provider.
const (
	MaxAnswer  = 4 << 20  // bytes of text in one answer
	MaxLine    = 1 << 20  // bytes of one line of a stream, as sse.Reader takes them
	maxStream  = 64 << 20 // bytes of a stream
	maxError   = 64 << 10 // bytes of an answer that is no stream
	maxWaiting = 24 * time.Hour
)

// tailWait is how long the end of a stream may take to come once its last event
// has: a connection that was read to the end can be used again.
const tailWait = 250 * time.Millisecond

// errTooLarge ends an answer that is over a limit.
var errTooLarge = errors.New("the answer is larger than allowed")

// Stream is an answer that has begun. It must be closed.
type Stream struct {
	Header http.Header

	ctx    context.Context // of the one call whose answer this is
	cancel context.CancelFunc
	body   io.ReadCloser
	events *sse.Reader
	about  ai.Fault
}

func newStream(ctx context.Context, cancel context.CancelFunc, resp *http.Response, about ai.Fault) *Stream {
	return &Stream{
		Header: resp.Header, ctx: ctx, cancel: cancel, body: resp.Body, about: about,
		events: sse.NewReader(&limited{Reader: resp.Body, left: maxStream}),
	}
}

// Status is the HTTP status of the answer: 200.
func (s *Stream) Status() int { return s.about.Status }

// Next reads the data of the next event into v, and returns its name. It returns
// [io.EOF] after the last one, be it the end of the stream or data of [sse.Done].
// Any other error is the context's where that is over, else an [*ai.Error], also
// for an event that is no JSON.
func (s *Stream) Next(v any) (sse.Event, error) {
	e, err := s.events.Next()
	switch {
	case errors.Is(err, io.EOF) && s.ctx.Err() == nil, err == nil && e.Data == sse.Done:
		return e, io.EOF
	case err != nil:
		return e, fail(s.ctx, err, s.about)
	}
	if err := json.Unmarshal([]byte(e.Data), v); err != nil {
		return e, fail(s.ctx, err, s.about)
	}
	return e, nil
}

// Refusal judges an event that tells of an error in the place of text.
func (s *Stream) Refusal(e sse.Event) error { return failEvent([]byte(e.Data), s.about) }

// Cut is the failure of a stream that ended before its answer did.
func (s *Stream) Cut() error { return cut(s.about.Provider) }

// Finish waits for the end of a stream whose answer was read whole, a moment at
// most, so that the connection can be kept.
func (s *Stream) Finish() {
	late := time.AfterFunc(tailWait, s.cancel)
	defer late.Stop()
	_, _ = io.CopyN(io.Discard, s.body, maxError) // nothing of worth is left
}

// Close ends the call.
func (s *Stream) Close() {
	s.cancel()
	_ = s.body.Close() // there is nothing left to lose
}

// limited ends a body that is too long.
type limited struct {
	io.Reader
	left int
}

// Read implements [io.Reader].
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
