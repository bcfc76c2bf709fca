// Package live delivers the event log to those who watch it and to durable
// consumers. The log is durable and the same on every node; the text that executions
// are writing, which is not, is in package text.
package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Hub delivers the event log to watchers. Run must be running.
type Hub struct {
	store  *store.Store
	log    *slog.Logger
	wakers wakers

	mu     sync.Mutex
	subs   map[*Sub]struct{}
	cursor store.Cursor // how far the log has been handed out; only while somebody watches
}

// New returns a hub over the store's event log.
func New(s *store.Store, log *slog.Logger) *Hub {
	h := &Hub{store: s, log: log, subs: map[*Sub]struct{}{}}
	s.OnCommit(h.wakers.wake)
	return h
}

// idle is how often the log is looked at although nothing called: a notification
// may be lost, and on PostgreSQL an event becomes readable only when every older
// transaction is over.
const idle = 500 * time.Millisecond

// Run tails the log until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	go h.store.Listen(ctx, store.ChannelEvent, func(string) { h.wakers.wake() })
	wake := h.wakers.add()
	defer h.wakers.remove(wake)
	tick := time.NewTicker(idle)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			h.closeAll()
			return
		case <-wake:
		case <-tick.C:
		}
		if err := h.hand(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("tail the event log", "error", err)
		}
	}
}

// batch is how many events are read at once.
const batch = 500

func (h *Hub) hand(ctx context.Context) error {
	for {
		h.mu.Lock()
		after, watched := h.cursor, len(h.subs) > 0
		h.mu.Unlock()
		if !watched {
			return nil
		}
		events, err := h.store.Read().Events(ctx, after, batch)
		if err != nil || len(events) == 0 {
			return err
		}
		h.dispatch(after, events)
		if len(events) < batch {
			return nil
		}
	}
}

func (h *Hub) dispatch(after store.Cursor, events []domain.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cursor != after {
		return // the last watcher has left since, and another has come
	}
	for _, e := range events {
		for s := range h.subs {
			s.offer(e)
		}
		h.cursor, _ = store.ParseCursor(e.ID)
	}
}

func (h *Hub) closeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		close(s.done)
		delete(h.subs, s)
	}
}

// Sub is one watcher.
type Sub struct {
	hub         *Hub
	workspaceID int64
	executionID int64
	events      chan domain.Event
	done        chan struct{}
	lagged      bool // under the hub's lock
}

// room is how many events may wait for a watcher. One that lags further gets a mark
// ([Sub.Lagged]) and reads the log itself.
const room = 256

// Watch begins to watch a workspace, or one of its executions where executionID is
// not 0. It delivers what is appended to the log after Watch has returned. Leave must
// be called in the end.
func (h *Hub) Watch(ctx context.Context, workspaceID, executionID int64) (*Sub, error) {
	s := &Sub{hub: h, workspaceID: workspaceID, executionID: executionID,
		events: make(chan domain.Event, room), done: make(chan struct{})}
	head, err := h.store.Read().EventHead(ctx)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.subs) == 0 {
		h.cursor = head
	}
	h.subs[s] = struct{}{}
	return s, nil
}

// Leave ends the watch.
func (s *Sub) Leave() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
}

func (s *Sub) offer(e domain.Event) {
	if e.WorkspaceID != s.workspaceID || s.executionID != 0 && e.ExecutionID != s.executionID {
		return
	}
	select {
	case s.events <- e:
	default:
		s.lagged = true
	}
}

// Events delivers the events, in order.
func (s *Sub) Events() <-chan domain.Event { return s.events }

// Done is closed when the hub stops.
func (s *Sub) Done() <-chan struct{} { return s.done }

// Lagged reports, once, that events were left out because the watcher was slow.
func (s *Sub) Lagged() bool {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	was := s.lagged
	s.lagged = false
	return was
}

// Close ends every watch at once, so that streams end before the server waits for
// them. A new watch works until Run ends.
func (h *Hub) Close() { h.closeAll() }
