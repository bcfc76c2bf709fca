// Package wire is what providers over HTTP share. A provider is a [Codec], which says
// how requests and events look on its wire; [New] makes an [ai.Provider] of it. The
// package makes calls that return a stream of bounded size or fail, reads error
// responses in every format in use, and reduces JSON Schemas to what a provider
// supports.
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

// tailWait is how long the end of a stream may take to arrive after its last event: a
// connection that was read to the end can be reused.
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

// Next reads the data of the next event into v and returns the event. It returns
// [io.EOF] after the last one: at the end of the stream, or at data of [sse.Done].
// Any other error is the context's when that is done, else an [*ai.Error], also for an
// event that is not JSON.
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

// Refusal returns the failure that an event reports in place of text.
func (s *Stream) Refusal(e sse.Event) error { return failEvent([]byte(e.Data), s.about) }

// Cut is the failure of a stream that ended before its answer did.
func (s *Stream) Cut() error { return cut(s.about.Provider) }

// Finish waits, a moment at most, for the end of a stream whose text is complete, so
// that the connection can be reused.
func (s *Stream) Finish() {
	late := time.AfterFunc(tailWait, s.cancel)
	defer late.Stop()
	_, _ = io.CopyN(io.Discard, s.body, maxError) // nothing of use is left
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
