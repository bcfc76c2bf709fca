package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/sse"
)

// nudge tells a page that something has changed, never what it is now: the page
// fetches its part again, and the right to see it is checked there.
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
	ctx, cancel := s.open(r)
	defer cancel()
	seq, err := s.engine.WatchWorkspace(ctx, after)
	if err != nil {
		return err
	}
	out := sse.Start(r.Context(), w, sse.Options{})
	defer out.Close()
	for ev, err := range seq {
		if err != nil || send(out, ev.ID, "nudge", nudge{ev.Name, ev.ExecutionID, ev.ContentID, ev.Actor}) != nil {
			return nil // the browser connects again by itself
		}
	}
	return nil
}

// piece is a piece of the text that a step writes, at an offset in code points.
type piece struct {
	Step   string `json:"step"`
	Offset int    `json:"offset"`
	Text   string `json:"text"`
}

// executionStream streams the text of a run while it is being written.
func (s *Site) executionStream(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx, cancel := s.open(r)
	defer cancel()
	seq, err := s.engine.WatchExecution(ctx, id, r.Header.Get("Last-Event-ID"))
	if err != nil {
		return err
	}
	out := sse.Start(r.Context(), w, sse.Options{})
	defer out.Close()
	for up, err := range seq {
		if err != nil {
			return nil // the page looks how the run stands, and comes back if it goes on
		}
		if t := up.Text; t != nil && send(out, "", "text", piece{t.Step, t.Offset, t.Text}) != nil {
			return nil
		}
	}
	return nil
}

// open returns the context of a stream: it ends with the request, and when the
// site closes.
func (s *Site) open(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(s.life, cancel)
	return ctx, func() { stop(); cancel() }
}

func send(out *sse.Writer, id, name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return out.Send(sse.Event{ID: id, Name: name, Data: string(b)})
}
