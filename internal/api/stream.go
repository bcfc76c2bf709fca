package api

import (
	"bytes"
	"net/http"
	"strings"

	"vellocity/internal/sse"
)

// stream is an answer under way.
type stream struct {
	*sse.Writer
	broken bool // the reader is gone
}

// text sends a piece of text as it is; false means that the reader is gone.
func (s *stream) text(id, data string) bool {
	return s.send(sse.Event{ID: id, Data: data})
}

// tell sends a value as a named event.
func (s *stream) tell(id, name string, v any) bool {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		return s.send(sse.Event{Name: "error", Data: `{"code":"SERVER_ERROR","message":"Something went wrong on the server"}`})
	}
	return s.send(sse.Event{ID: id, Name: name, Data: b.String()})
}

func (s *stream) send(e sse.Event) bool {
	if err := s.Send(e); err != nil {
		s.broken = true
		return false
	}
	return true
}

// wantsStream reports whether the answer goes out as a stream. Of the operations
// that can do both, one that writes streams unless JSON alone was asked for; one
// that reads streams only to whoever asks for it or resumes.
func wantsStream(r *http.Request, o *Op) bool {
	if o.settle == nil {
		return true
	}
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	events := strings.Contains(accept, "text/event-stream")
	if o.ReadOnly {
		return events || r.Header.Get("Last-Event-ID") != ""
	}
	return events || !strings.Contains(accept, "application/json")
}
