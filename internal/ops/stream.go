package ops

import (
	"bytes"
	"net/http"

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
// the rows that can do both, one that writes streams unless JSON is more welcome; one
// that reads streams only to a caller that asks for it or resumes.
func (o *Op) WantsStream(r *http.Request) bool {
	if o.Stream == nil || !o.whole {
		return o.Stream != nil
	}
	accept := r.Header.Values("Accept")
	if !o.ReadOnly {
		return PreferredMedia(accept, eventStream, jsonMedia) == eventStream
	}
	named := AcceptsMedia(accept, eventStream)
	asked := named.Exact > 1 && named.Quality > 0 && PreferredMedia(accept, eventStream, jsonMedia) == eventStream
	return asked || r.Header.Get("Last-Event-ID") != ""
}

// The two media types that a row may choose between.
const (
	eventStream = "text/event-stream"
	jsonMedia   = "application/json"
)
