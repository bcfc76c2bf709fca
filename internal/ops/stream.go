package ops

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"

	"vellocity/internal/sse"
)

// StreamDocs is what documents say about the events of a row that streams.
type StreamDocs struct {
	Description, Example string
	// Events are the kinds of event, by name. The name of unnamed events is "message".
	Events []EventDoc
	// Headers are the headers that the stream has beside those of every response.
	Headers []HeaderDoc
}

// EventDoc describes the data of one kind of event.
type EventDoc struct {
	Name string
	Data reflect.Type
}

// EventOf describes an event whose data is the JSON of a T.
func EventOf[T any](name string) EventDoc { return EventDoc{name, reflect.TypeFor[T]()} }

// HeaderDoc describes a header of a response.
type HeaderDoc struct{ Name, Description, Example string }

// Text reports whether the stream's unnamed events are the pieces of a text.
func (d *StreamDocs) Text() bool {
	for _, e := range d.Events {
		if e.Name == "message" {
			return true
		}
	}
	return false
}

// Event returns an event whose data is the JSON of v.
func Event(id, name string, v any) (sse.Event, error) {
	var b bytes.Buffer
	err := Encode(&b, v)
	return sse.Event{ID: id, Name: name, Data: b.String()}, err
}

// WantsStream reports whether the response to this request goes out as a stream. Of
// the rows that can do both, one that writes streams unless the caller accepts JSON
// only; one that reads streams only to a caller that asks for it or resumes.
func (o *Op) WantsStream(r *http.Request) bool {
	if o.Stream == nil || !o.whole {
		return o.Stream != nil
	}
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	events := strings.Contains(accept, "text/event-stream")
	if o.ReadOnly {
		return events || r.Header.Get("Last-Event-ID") != ""
	}
	return events || !strings.Contains(accept, "application/json")
}
