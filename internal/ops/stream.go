package ops

import (
	"bytes"
	"net/http"
	"strings"

	"vellocity/internal/sse"
)

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
