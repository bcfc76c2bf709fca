package engine

import (
	"context"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"vellocity/internal/store"
)

// texts are the messages that this node is writing. Readers on this node get
// each piece from memory as it comes; all pieces of all messages are stored in
// one transaction every 100 ms, so that any node can go on with a stream and a
// thousand of them cost no more commits than one.
type texts struct {
	grace   time.Duration // how long a text goes on without a reader
	mu      sync.Mutex
	streams map[int64]*stream
	dirty   map[int64]*stream
}

// stream is one message being written.
type stream struct {
	id   int64
	all  *texts
	stop context.CancelFunc

	mu      sync.Mutex
	text    []byte
	points  int // code points in text
	stored  int // bytes of text that are stored
	over    bool
	news    chan struct{} // closed and replaced with each piece
	readers int
	leaving *time.Timer
}

func (t *texts) open(id int64, stop context.CancelFunc) *stream {
	s := &stream{id: id, all: t, stop: stop, news: make(chan struct{})}
	s.leaving = time.AfterFunc(t.grace, s.abandon)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.streams == nil {
		t.streams, t.dirty = map[int64]*stream{}, map[int64]*stream{}
	}
	t.streams[id] = s
	return s
}

// close lets go of a message that has been stored whole.
func (t *texts) close(s *stream) {
	t.mu.Lock()
	delete(t.streams, s.id)
	delete(t.dirty, s.id)
	t.mu.Unlock()
	s.leaving.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.tell()
}

func (t *texts) get(id int64) *stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.streams[id]
}

func (t *texts) stopAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.streams {
		s.stop()
	}
}

// add takes a piece in.
func (s *stream) add(piece string) {
	s.mu.Lock()
	s.text = append(s.text, piece...)
	s.points += utf8.RuneCountInString(piece)
	s.tell()
	s.mu.Unlock()
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.all.dirty[s.id] = s
}

// tell wakes the readers. The stream's lock is held.
func (s *stream) tell() {
	close(s.news)
	s.news = make(chan struct{})
}

// since returns what lies behind a place in bytes, where that ends, and what to
// wait for if it is nothing.
func (s *stream) since(at int) (text string, end, points int, over bool, news <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text[at:]), len(s.text), s.points, s.over, s.news
}

// byteAt turns a number of code points into a place in bytes. It reports false
// while there is less text than that.
func (s *stream) byteAt(points int) (at int, reached bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; points > 0 && at < len(s.text); points-- {
		_, n := utf8.DecodeRune(s.text[at:])
		at += n
	}
	return at, points <= 0
}

func (s *stream) join() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readers++
	s.leaving.Stop()
}

func (s *stream) left() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers--; s.readers == 0 && !s.over {
		s.leaving.Reset(s.all.grace)
	}
}

// abandon ends the call to the provider, unless somebody has come back.
func (s *stream) abandon() {
	s.mu.Lock()
	alone := s.readers == 0
	s.mu.Unlock()
	if alone {
		s.stop()
	}
}

// unstored returns what has not been stored yet and where it ends.
func (s *stream) unstored() (text string, points, end int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text[s.stored:]), s.points, len(s.text)
}

// Run stores the pieces of the messages that this node writes, until ctx ends.
func (e *Engine) Run(ctx context.Context) {
	tick := time.NewTicker(pieceGap)
	defer tick.Stop()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			e.texts.mu.Lock()
			dirty := e.texts.dirty
			e.texts.dirty = map[int64]*stream{}
			e.texts.mu.Unlock()
			e.keep(ctx, dirty)
		case <-beat.C:
			e.stayAlive(ctx)
		}
	}
}

// keep stores what has come for the streams. What could not be stored is tried
// again with the next piece; the message's end stores the whole.
func (e *Engine) keep(ctx context.Context, dirty map[int64]*stream) {
	if len(dirty) == 0 {
		return
	}
	ends := map[*stream]int{}
	err := e.o.Store.InTx(ctx, func(tx *store.Tx) error {
		for id, s := range dirty {
			text, points, end := s.unstored()
			if text == "" {
				continue
			}
			if err := tx.AddGeneratedTextPiece(ctx, id, points, text); err != nil {
				return err
			}
			ends[s] = end
		}
		return nil
	})
	if err != nil {
		e.o.Log.Warn("store pieces", "error", err)
		return
	}
	for s, end := range ends {
		s.mu.Lock()
		s.stored = max(s.stored, end)
		s.mu.Unlock()
	}
}

// stayAlive tells that the messages of this node still have a writer.
func (e *Engine) stayAlive(ctx context.Context) {
	e.texts.mu.Lock()
	ids := make([]int64, 0, len(e.texts.streams))
	for id := range e.texts.streams {
		ids = append(ids, id)
	}
	e.texts.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	err := e.o.Store.InTx(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			if err := tx.TouchGeneratedText(ctx, id); err != nil {
				return fmt.Errorf("keep a text alive: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		e.o.Log.Warn("keep texts alive", "error", err)
	}
}
