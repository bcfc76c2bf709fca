package engine

import (
	"context"
	"iter"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/live"
	"vellocity/internal/store"
)

// textGap is how often a watcher is told of growing text.
const textGap = 100 * time.Millisecond

// WatchExecution tells what happens to a run: its events behind the cursor, in
// order, each once, and the text that it is writing. It ends when the run has
// ended and everything has been told, or with ctx.
func (e *Engine) WatchExecution(ctx context.Context, id int64, after string) (iter.Seq2[Update, error], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	cursor, ok := store.ParseCursor(after)
	if !ok {
		return nil, domain.Errorf(domain.CodeBadRequest, "%q is not the id of an event", after)
	}
	if _, err := e.o.Store.Read().Execution(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	return func(yield func(Update, error) bool) {
		sub, err := e.o.Hub.Watch(ctx, a.WorkspaceID, id)
		if err != nil {
			yield(Update{}, err)
			return
		}
		defer sub.Leave()
		w := &watcher{e: e, sub: sub, workspaceID: a.WorkspaceID, id: id, cursor: cursor, yield: yield}
		w.follow(ctx)
	}, nil
}

// watcher follows one run for one reader.
type watcher struct {
	e           *Engine
	sub         *live.Sub
	workspaceID int64
	id          int64
	cursor      store.Cursor
	seen        live.Seen
	yield       func(Update, error) bool
}

func (w *watcher) follow(ctx context.Context) {
	if !w.catchUp(ctx) {
		return
	}
	// A hub on another node does not see this run's text; looking now and then
	// also covers an event that became readable late.
	look := time.NewTicker(2 * time.Second)
	defer look.Stop()
	var gap <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.sub.Done():
			return
		case ev := <-w.sub.Events():
			if w.sub.Lagged() {
				if !w.catchUp(ctx) {
					return
				}
			} else if !w.tell(ev) {
				return
			}
		case <-look.C:
			if !w.catchUp(ctx) {
				return
			}
		case <-w.sub.Text():
			if gap == nil {
				if !w.texts() {
					return
				}
				gap = time.After(textGap)
			}
		case <-gap:
			gap = nil
			if !w.texts() {
				return
			}
		}
	}
}

// catchUp tells what the log has behind the cursor. It reports false when the
// reader has left or the run has ended and all is told.
func (w *watcher) catchUp(ctx context.Context) bool {
	x, err := w.e.o.Store.Read().Execution(ctx, w.workspaceID, w.id)
	if err != nil {
		return w.failed(ctx, err)
	}
	events, err := w.e.o.Store.Read().ExecutionEvents(ctx, w.workspaceID, w.id, w.cursor)
	if err != nil {
		return w.failed(ctx, err)
	}
	for _, ev := range events {
		if !w.tell(ev) {
			return false
		}
	}
	if x.Status.Ended() && len(events) == 0 {
		// On PostgreSQL an event is readable only when every older transaction is over.
		ahead, err := w.e.o.Store.Read().EventsAhead(ctx, w.workspaceID, w.id, w.cursor)
		if err != nil {
			return w.failed(ctx, err)
		}
		return ahead
	}
	return w.texts()
}

// failed tells the reader of an error, unless it is the reader who left.
func (w *watcher) failed(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		w.yield(Update{}, err)
	}
	return false
}

// tell hands over an event that the reader has not had. It reports false when the
// reader has left, or the event ends the run.
func (w *watcher) tell(ev domain.Event) bool {
	c, _ := store.ParseCursor(ev.ID)
	if !c.After(w.cursor) {
		return true
	}
	w.cursor = c
	if !w.yield(Update{Event: &ev}, nil) {
		return false
	}
	switch ev.Name {
	case domain.EventExecutionCompleted, domain.EventExecutionFailed, domain.EventExecutionCancelled:
		return false
	}
	return true
}

func (w *watcher) texts() bool {
	for _, p := range w.e.o.Hub.Texts(w.id, &w.seen) {
		if !w.yield(Update{Text: &TextUpdate{ExecutionID: w.id, Step: p.Step, Offset: p.Offset, Text: p.Text}}, nil) {
			return false
		}
	}
	return true
}

// WatchWorkspace tells of everything that happens in the caller's workspace from
// now on. It ends with ctx, or when the server stops. A reader that fell behind,
// or has seen no more than after while the log went on, gets an event with an
// empty name: it should read its page again.
func (e *Engine) WatchWorkspace(ctx context.Context, after string) (iter.Seq2[domain.Event, error], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	return func(yield func(domain.Event, error) bool) {
		sub, err := e.o.Hub.Watch(ctx, a.WorkspaceID, 0)
		if err != nil {
			yield(domain.Event{}, err)
			return
		}
		defer sub.Leave()
		if after != "" && !e.atHead(ctx, after) && !yield(domain.Event{Subject: domain.Subject{WorkspaceID: a.WorkspaceID}}, nil) {
			return
		}
		for {
			select {
			case <-ctx.Done():
				return
			case <-sub.Done():
				return
			case ev := <-sub.Events():
				if sub.Lagged() {
					ev = domain.Event{Subject: domain.Subject{WorkspaceID: a.WorkspaceID}}
				}
				if !yield(ev, nil) {
					return
				}
			}
		}
	}, nil
}

// atHead reports whether nothing was appended to the log after the cursor.
func (e *Engine) atHead(ctx context.Context, after string) bool {
	head, err := e.o.Store.Read().EventHead(ctx)
	return err == nil && head.String() == after
}
