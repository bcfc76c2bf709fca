package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

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

// holdGap is how often the session of a stream is looked up again.
const holdGap = 5 * time.Second

// Stream returns the context of an event stream: it ends with the request, when the
// site closes, and when the person is signed out or gets another role: at once where
// that happens on this node, else within 15 s.
func (s *Site) Stream(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(s.life, cancel)
	if s.opts.Recheck != nil && s.opts.Changed != nil {
		actor, _ := domain.ActorFrom(ctx)
		go s.hold(r.WithContext(ctx), actor.Role, cancel)
	}
	return ctx, func() { stop(); cancel() }
}

// hold calls end once the request's session has ended or has another role.
func (s *Site) hold(r *http.Request, role domain.Role, end func()) {
	tick := time.NewTicker(holdGap)
	defer tick.Stop()
	for {
		changed := s.opts.Changed() // before the look-up, so that none is missed
		actor, err := s.opts.Recheck(r)
		if domain.CodeOf(err) == domain.CodeUnauthorized || err == nil && actor.Role != role {
			end()
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// Send writes an event with JSON data. The id may be empty.
func Send(out *sse.Writer, id, name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return out.Send(sse.Event{ID: id, Name: name, Data: string(b)})
}
