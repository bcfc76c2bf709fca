package work

import (
	"context"
	"iter"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/text"
	"vellocity/internal/verb"
)

const (
	// textGap is how often a watcher gets new pieces of a growing text.
	textGap = 100 * time.Millisecond
	// lookGap is how often the log is read although nothing was announced: an event
	// may become readable late, or its notification be lost.
	lookGap = 2 * time.Second
)

// Update is one thing that a watcher of an execution gets: an event, which is
// durable, or a piece of the text of a step, which is not.
type Update struct {
	Event *domain.Event
	Text  *text.Piece
}

// WatchExecution returns what happens to an execution: its events after a cursor,
// which is the id of an event or empty, in order and each once, and the text that
// it is writing. A cursor past the last event is a VALIDATION_ERROR. It ends when the
// execution has ended and every event was yielded, or with ctx, or with
// [domain.ErrInterrupted] when the server shuts down.
func (v *Verbs) WatchExecution(ctx context.Context, id int64, after string) (iter.Seq2[Update, error], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	cursor, ok := store.ParseCursor(after)
	if !ok {
		return nil, verb.UnknownEvent()
	}
	q := v.store.Read()
	if _, err := q.Execution(ctx, a.WorkspaceID, id); err != nil {
		return nil, err
	}
	if cursor != (store.Cursor{}) {
		within, err := q.EventsAhead(ctx, a.WorkspaceID, id, store.Cursor{XID: cursor.XID, Pos: cursor.Pos - 1})
		if err != nil {
			return nil, err
		}
		if !within { // past the end, so that its reader would believe it has everything
			return nil, verb.UnknownEvent()
		}
	}
	return func(yield func(Update, error) bool) {
		sub, err := v.hub.Watch(ctx, a.WorkspaceID, id)
		if err != nil {
			yield(Update{}, err)
			return
		}
		defer sub.Leave()
		reader := v.runner.Texts.Watch(id)
		defer reader.Leave()
		w := &watcher{
			store:       v.store,
			sub:         sub,
			reader:      reader,
			workspaceID: a.WorkspaceID,
			id:          id,
			cursor:      cursor,
			yield:       yield,
		}
		w.follow(ctx)
	}, nil
}

// watcher follows one execution for one caller. Its methods report false when the
// watching is over.
type watcher struct {
	store       *store.Store
	sub         *live.Sub
	reader      *text.Reader
	workspaceID int64
	id          int64
	cursor      store.Cursor
	yield       func(Update, error) bool
}

func (w *watcher) follow(ctx context.Context) {
	if !w.catchUp(ctx) {
		return
	}
	look := time.NewTicker(lookGap)
	defer look.Stop()
	var pause <-chan time.Time // set while the watcher has just got text
	updated := w.reader.Updated()
	for on := true; on; {
		select {
		case <-ctx.Done():
			return
		case <-w.sub.Done():
			w.yield(Update{}, domain.ErrInterrupted)
			return
		case ev := <-w.sub.Events():
			if w.sub.Lagged() {
				on = w.catchUp(ctx)
			} else {
				on = w.send(ev)
			}
		case <-look.C:
			on = w.catchUp(ctx)
		case <-updated:
			pieces := w.reader.Next()
			if on = w.texts(pieces); len(pieces) > 0 {
				updated, pause = nil, time.After(textGap)
			}
		case <-pause:
			updated, pause = w.reader.Updated(), nil
		}
	}
}

// catchUp yields the events after the cursor. It reports false when the caller has
// left, or the execution has ended and every event was yielded.
func (w *watcher) catchUp(ctx context.Context) bool {
	x, err := w.store.Read().Execution(ctx, w.workspaceID, w.id)
	if err != nil {
		return w.failed(ctx, err)
	}
	events, err := w.store.Read().ExecutionEvents(ctx, w.workspaceID, w.id, w.cursor)
	if err != nil {
		return w.failed(ctx, err)
	}
	for _, ev := range events {
		if !w.send(ev) {
			return false
		}
	}
	if x.Status.Ended() && len(events) == 0 {
		// On PostgreSQL an event is readable only when every older transaction is over.
		ahead, err := w.store.Read().EventsAhead(ctx, w.workspaceID, w.id, w.cursor)
		if err != nil {
			return w.failed(ctx, err)
		}
		return ahead
	}
	return w.texts(w.reader.Next())
}

// failed yields an error, unless it is the caller who left.
func (w *watcher) failed(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		w.yield(Update{}, err)
	}
	return false
}

// send yields an event that the caller has not got. It reports false when the
// caller has left, or the event is the last.
func (w *watcher) send(ev domain.Event) bool {
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

// texts yields pieces of text.
func (w *watcher) texts(pieces []text.Piece) bool {
	for _, p := range pieces {
		if !w.yield(Update{Text: &p}, nil) {
			return false
		}
	}
	return true
}

// WatchWorkspace returns what happens in the caller's workspace from now on. It
// ends with ctx, or when the server stops. A caller that lagged, or whose cursor
// after is not the end of the log, gets an event without a name: it should read its
// page again.
func (v *Verbs) WatchWorkspace(ctx context.Context, after string) (iter.Seq2[domain.Event, error], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	reload := domain.Event{Subject: domain.Subject{WorkspaceID: a.WorkspaceID}}
	return func(yield func(domain.Event, error) bool) {
		sub, err := v.hub.Watch(ctx, a.WorkspaceID, 0)
		if err != nil {
			yield(domain.Event{}, err)
			return
		}
		defer sub.Leave()
		if after != "" && !v.atHead(ctx, after) && !yield(reload, nil) {
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
					ev = reload
				}
				if !yield(ev, nil) {
					return
				}
			}
		}
	}, nil
}

// atHead reports whether nothing was appended to the log after the cursor.
func (v *Verbs) atHead(ctx context.Context, after string) bool {
	head, err := v.store.Read().EventHead(ctx)
	return err == nil && head.String() == after
}
