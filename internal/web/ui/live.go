package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/sse"
)

// nudge notifies a page that something has changed, never what it is now: the page
// fetches its part again, and permissions are checked there.
type nudge struct {
	Name      domain.EventName `json:"name"`
	Execution int64            `json:"execution,omitempty"`
	Content   int64            `json:"content,omitempty"`
	By        string           `json:"by,omitempty"`
}

// events streams the nudges of the workspace to one browser.
func (s *Site) events(w http.ResponseWriter, r *http.Request) error {
	after := r.Header.Get("Last-Event-ID")
	if after == "" {
		after = r.URL.Query().Get("after")
	}
	ctx, cancel := s.Stream(r)
	defer cancel()
	seq, err := s.Engine.Work.WatchWorkspace(ctx, after)
	if err != nil {
		return err
	}
	out := sse.Start(r.Context(), w, sse.Options{})
	defer out.Close()
	for ev, err := range seq {
		if err != nil || Send(out, ev.ID, "nudge", nudge{ev.Name, ev.ExecutionID, ev.ContentID, ev.Actor}) != nil {
			return nil // the browser reconnects
		}
	}
	return nil
}

// Stream returns the context of an event stream: it ends with the request, and
// when the site closes.
func (s *Site) Stream(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(s.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// Send writes an event with JSON data. The id may be empty.
func Send(out *sse.Writer, id, name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return out.Send(sse.Event{ID: id, Name: name, Data: string(b)})
}
