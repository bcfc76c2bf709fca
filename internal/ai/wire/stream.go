// Package wire is what providers over HTTP share. A provider is a [Codec], which says
// how requests and events look on its wire; [New] makes an [ai.Provider] of it. The
// package makes calls that return a stream of bounded size or fail, reads error
// responses in every format in use, and reduces JSON Schemas to what a provider
// supports.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
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

// How long is waited for what may follow the end of a text: for the usage, which costs
// and must be known; and for the end of the stream, since a connection that was read
// to its end can be reused.
const (
	usageWait = 3 * time.Second
	tailWait  = 250 * time.Millisecond
)

// errTooLarge ends a response that is over a limit.
var errTooLarge = errors.New("the answer is larger than allowed")

// Stream is a response that has begun. It must be closed.
type Stream struct {
	Header http.Header

	ctx    context.Context // of the one call whose answer this is
	cancel context.CancelFunc
	body   io.ReadCloser
	media  string
	events *sse.Reader // nil before the first byte was looked at
	whole  []byte      // a response that came whole instead of as a stream
	one    bool        // it did
	done   bool        // the stream said that it ended
	about  ai.Fault
}

func newStream(
	ctx context.Context,
	cancel context.CancelFunc,
	resp *http.Response,
	about ai.Fault,
	alive func(),
) *Stream {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	alive()
	return &Stream{
		Header: resp.Header, ctx: ctx, cancel: cancel, about: about, media: media,
		body: &pulse{ReadCloser: resp.Body, alive: alive},
	}
}

// Status is the HTTP status of the response: 200.
func (s *Stream) Status() int { return s.about.Status }

// Done reports whether the stream said that it had ended, or was no stream but a
// whole response.
func (s *Stream) Done() bool { return s.done || s.one }

// Whole reports whether a whole response came instead of a stream.
func (s *Stream) Whole() bool { return s.one }

// Next reads the data of the next event into v, as far as its types fit. It returns
// [io.EOF] after the last one: at the end of the stream, or at data of [sse.Done].
// Any other error is the context's when that is done, else an [*ai.Error], also for an
// event that is not JSON, or that reports a failure.
func (s *Stream) Next(v any) error {
	name, data, err := s.event()
	switch {
	case errors.Is(err, io.EOF) && s.ctx.Err() == nil:
		return io.EOF
	case err != nil:
		return fail(s.ctx, err, s.about)
	}
	if f, failed := failure(name, data); failed {
		return s.refusal(f)
	}
	var other *json.UnmarshalTypeError
	if err := json.Unmarshal(data, v); err != nil && !errors.As(err, &other) {
		return fail(s.ctx, err, s.about)
	}
	return nil
}

// event returns the next event that has data.
func (s *Stream) event() (name string, data []byte, err error) {
	if s.events == nil && !s.one {
		if err := s.begin(); err != nil {
			return "", nil, err
		}
	}
	if s.one {
		data, s.whole = s.whole, nil
		if data == nil {
			err = io.EOF
		}
		return "", data, err
	}
	for {
		e, err := s.events.Next()
		switch text := strings.TrimSpace(e.Data); {
		case err != nil:
			return "", nil, err
		case text == sse.Done:
			s.done = true
			return "", nil, io.EOF
		case text != "": // an event without data keeps the connection open
			return e.Name, []byte(e.Data), nil
		}
	}
}

// starts are what a stream of events can begin with.
var starts = []string{"data:", "event:", "id:", "retry:", ":"}

// begin looks at the first bytes: what a response is does not always agree with its
// type.
func (s *Stream) begin() error {
	all := &limited{Reader: s.body, left: maxStream}
	head, err := peek(all)
	text := strings.TrimPrefix(strings.TrimLeft(string(head), " \t\r\n"), "\ufeff")
	from := io.MultiReader(bytes.NewReader(head), all)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case text != "" && (text[0] == '{' || text[0] == '['):
		return s.readWhole(from)
	case s.media == "text/event-stream" || begins(text):
		s.events = sse.NewReader(from)
		return nil
	}
	return &answerError{instead: instead(s.media, text)}
}

func begins(text string) bool {
	return slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(text, start) })
}

func instead(media, text string) string {
	if media == "text/html" || strings.HasPrefix(text, "<") {
		return "a web page"
	}
	return "something that is not a stream"
}

// peekSize is enough to tell what a response is.
const peekSize = 8

// peek reads a few bytes that are not white space.
func peek(r io.Reader) (head []byte, err error) {
	for len(bytes.TrimLeft(head, " \t\r\n")) < peekSize && len(head) < maxError && err == nil {
		var some [peekSize]byte
		var n int
		n, err = r.Read(some[:])
		head = append(head, some[:n]...)
		if text := bytes.TrimLeft(head, " \t\r\n"); len(text) > 0 && strings.IndexByte("{[:<", text[0]) >= 0 {
			break
		}
	}
	return head, err
}

// readWhole reads a response that is one JSON value.
func (s *Stream) readWhole(r io.Reader) error {
	data, err := io.ReadAll(&limited{Reader: r, left: 2 * MaxAnswer})
	if err != nil {
		return err
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\ufeff"))
	if !json.Valid(data) {
		if s.media == "text/event-stream" {
			return io.ErrUnexpectedEOF
		}
		return &answerError{instead: instead(s.media, "")}
	}
	s.whole, s.one = data, true
	return nil
}

// refusal is the failure that an event reports in place of text.
func (s *Stream) refusal(f ai.Fault) error {
	if f.Status == 0 {
		f.Status = s.about.Status
	}
	return judgeFault(f, s.about)
}

// Cut is the failure of a stream that ended before its answer did.
func (s *Stream) Cut() error { return cut(s.about.Provider) }

// Nonsense is the failure of a whole response in which no text was found.
func (s *Stream) Nonsense() error {
	return fail(s.ctx, &answerError{instead: instead(s.media, "")}, s.about)
}

// EndWithin ends the stream after a while.
func (s *Stream) EndWithin(d time.Duration) (stop func() bool) {
	return time.AfterFunc(d, s.cancel).Stop
}

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

// pulse tells of every byte that arrives.
type pulse struct {
	io.ReadCloser
	alive func()
}

// Read implements [io.Reader].
func (p *pulse) Read(into []byte) (int, error) {
	n, err := p.ReadCloser.Read(into)
	if n > 0 {
		p.alive()
	}
	return n, err
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
