package text

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// defaultGrace is how long a text is written without a reader.
const defaultGrace = 30 * time.Second

// Keeper is where a room's pieces go, for readers on other nodes.
type Keeper interface {
	// Keep stores or sends the pieces. After an error the same pieces come again,
	// with those that have been added.
	Keep(ctx context.Context, batch []Batch) error
	// Alive notes every two seconds that this node still writes the texts. A text
	// that is not noted is orphaned.
	Alive(ctx context.Context, ids []int64) error
}

// Batch is what is new of one text, one piece per step at most.
type Batch struct {
	ID     int64
	Pieces []Piece
}

// Options are what a room needs.
type Options struct {
	Keeper Keeper // nil: there are no other nodes
	// Grace is how long a text is written without a reader; 0 means 30 s.
	Grace time.Duration
	Log   *slog.Logger
}

// Room holds growing texts by the id of what they belong to. Run must be running,
// or readers on other nodes get nothing.
type Room struct {
	keeper Keeper
	grace  time.Duration
	log    *slog.Logger
	listen func(context.Context) // takes in what other nodes send; nil where they send nothing
	rounds atomic.Int64

	mu      sync.Mutex // is taken before the lock of a text
	texts   map[int64]*Text
	changed map[*Text]struct{}
}

// NewRoom returns an empty room.
func NewRoom(o Options) *Room {
	return &Room{
		keeper:  o.Keeper,
		grace:   cmp.Or(o.Grace, defaultGrace),
		log:     o.Log,
		texts:   map[int64]*Text{},
		changed: map[*Text]struct{}{},
	}
}

// nextRound numbers beginnings over all texts, so that a text that was forgotten
// and comes again is not taken for its former self.
func (r *Room) nextRound() int { return int(r.rounds.Add(1)) }

// Open returns the text to write under an id. What is there already under that id,
// from another node or an earlier writer, is dropped. stop, if not nil, ends the
// writing; it is called when the text has had no reader for the grace period.
func (r *Room) Open(id int64, stop func()) *Text {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.text(id)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.parts, t.open, t.closed, t.heard, t.stop = nil, true, false, time.Time{}, stop
	if stop != nil {
		t.unread = time.AfterFunc(r.grace, t.endUnread)
		if len(t.readers) > 0 {
			t.unread.Stop()
		}
	}
	return t
}

// text returns the text under an id. The room's lock is held.
func (r *Room) text(id int64) *Text {
	t := r.texts[id]
	if t == nil {
		t = &Text{room: r, id: id, readers: map[*Reader]struct{}{}}
		r.texts[id] = t
	}
	return t
}

func (t *Text) writing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open
}

// close ends a text, or drops what there is of it.
func (r *Room) close(t *Text, forget bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.changed, t)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open, t.changed = false, false
	if t.unread != nil {
		t.unread.Stop()
	}
	if forget {
		t.parts = nil
	} else {
		t.closed = true
	}
	t.wake()
	if t.empty() {
		delete(r.texts, t.id)
	}
}

// drop lets go of a text that nothing refers to.
func (r *Room) drop(t *Text) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.empty() && r.texts[t.id] == t {
		delete(r.texts, t.id)
	}
}

// mark notes that the keeper must see a text.
func (r *Room) mark(t *Text) {
	if r.keeper == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed[t] = struct{}{}
}

// StopAll ends the writing of every text that was opened with a stop function.
func (r *Room) StopAll() {
	for _, t := range r.opened() {
		t.end()
	}
}

// opened returns the texts that this node writes.
func (r *Room) opened() (list []*Text) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.texts {
		if t.writing() {
			list = append(list, t)
		}
	}
	return list
}
