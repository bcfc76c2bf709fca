// Package text keeps texts while they grow, for the readers who watch them. A
// [Room] holds the texts of one kind that this node writes: those of executions,
// one per step, or generated texts. Writers append; readers get each piece from
// memory as it comes, from any code point on. Every 100 ms the pieces that are new
// go to the room's [Keeper], in one batch for all texts, so that readers on other
// nodes get them and a thousand texts cost no more commits than one.
//
// There are two kinds of room. The texts of executions are ephemeral: the keeper
// is a [Relay], which notifies the other nodes, and a step's text is stored when
// the step is recorded. Generated texts are stored in pieces: any node can continue
// a stream from them ([Room.Read]).
package text

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Text is what one execution or one call of generate-output is writing. It is safe
// for use by several goroutines.
type Text struct {
	room *Room
	id   int64

	mu      sync.Mutex
	parts   []*part // one per step, in the order in which they began
	readers map[*Reader]struct{}
	open    bool        // a writer on this node has it
	closed  bool        // it is complete
	changed bool        // it has pieces for the keeper
	heard   time.Time   // when another node last sent a piece; zero where it is written here
	stop    func()      // ends the writing; nil where that does not depend on readers
	unread  *time.Timer // ends the writing when the grace period is over; nil like stop
}

// Reader follows the texts under one id. It is for one goroutine.
type Reader struct {
	text    *Text
	updated chan struct{}
	from    int // code points that the reader has already
	seen    map[string]place
}

// part is the text of one step.
type part struct {
	step   string
	body   strings.Builder
	points int // code points in body
	round  int // another number each time the text starts again
	kept   place
}

// Append adds to the text of a step.
func (t *Text) Append(step, s string) {
	t.mu.Lock()
	p := t.part(step)
	p.body.WriteString(s)
	p.points += utf8.RuneCountInString(s)
	t.update()
}

// Restart lets the text of a step start again, since another attempt begins.
func (t *Text) Restart(step string) {
	t.mu.Lock()
	t.part(step).restart(t.room.nextRound())
	t.update()
}

// update wakes the readers and has the keeper see the text. It unlocks t.
func (t *Text) update() {
	first := !t.changed && t.heard.IsZero()
	t.changed = true
	t.wake()
	t.mu.Unlock()
	if first {
		t.room.mark(t)
	}
}

// wake notifies the readers of new text. The lock is held.
func (t *Text) wake() {
	for r := range t.readers {
		select {
		case r.updated <- struct{}{}:
		default: // it has not yet looked at the last one
		}
	}
}

// part returns the text of a step, a new one if there is none. The lock is held.
func (t *Text) part(step string) *part {
	if p := t.find(step); p != nil {
		return p
	}
	p := &part{step: step, round: t.room.nextRound()}
	t.parts = append(t.parts, p)
	return p
}

// find returns the text of a step, nil if none has begun. The lock is held.
func (t *Text) find(step string) *part {
	for _, p := range t.parts {
		if p.step == step {
			return p
		}
	}
	return nil
}

func (p *part) restart(round int) {
	p.body.Reset()
	p.points, p.round = 0, round
}

// since returns what comes after a place, and the place where it ends. ok is false
// where there is nothing new. A text that started again and is still empty gives
// an empty piece at offset 0.
func (p *part) since(at place) (piece Piece, end place, ok bool) {
	end = place{p.round, p.body.Len(), p.points}
	if at.round != p.round {
		at = place{round: p.round}
		ok = p.points == 0
	}
	return Piece{Step: p.step, Offset: at.points, Text: p.body.String()[at.bytes:]}, end, ok || at.bytes < end.bytes
}

// All returns what has been written of a step's text.
func (t *Text) All(step string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.find(step); p != nil {
		return p.body.String()
	}
	return ""
}

// Close ends the text. Readers who are here read it to its end.
func (t *Text) Close() { t.room.close(t, false) }

// Forget drops the text: it is stored elsewhere by now, or will be written from
// scratch. Readers stay, and get what is written under the same id later.
func (t *Text) Forget() { t.room.close(t, true) }

// empty reports whether nothing refers to the text any more. The lock is held.
func (t *Text) empty() bool { return !t.open && len(t.readers) == 0 && (t.closed || len(t.parts) == 0) }

// endUnread ends the writing, unless a reader has come back.
func (t *Text) endUnread() {
	t.mu.Lock()
	unread := len(t.readers) == 0
	t.mu.Unlock()
	if unread {
		t.end()
	}
}

// end ends the writing, if it can be ended.
func (t *Text) end() {
	t.mu.Lock()
	stop := t.stop
	t.mu.Unlock()
	if stop != nil {
		stop()
	}
}
