package live

import (
	"strings"
	"time"
	"unicode/utf8"
)

// run is the text that one run is writing, by step.
type run struct {
	order []string
	steps map[string]*text
	// told is how much of it other nodes have been told, heard when one of them
	// told of it: a run is written here or there.
	told  Seen
	heard time.Time
}

type text struct {
	body   strings.Builder
	points int // code points in body
	round  int // of the hub's rounds; another one when the text starts again
}

// Write adds a piece to the text of a step.
func (h *Hub) Write(executionID int64, step, piece string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text(executionID, step).add(piece)
	h.changed(executionID)
}

func (t *text) add(piece string) {
	t.body.WriteString(piece)
	t.points += utf8.RuneCountInString(piece)
}

func (t *text) restart(round int) {
	t.body.Reset()
	t.points, t.round = 0, round
}

// nextRound numbers beginnings over all texts, so that a text that was forgotten
// and comes again is not taken for its former self. The lock is held.
func (h *Hub) nextRound() int {
	h.rounds++
	return h.rounds
}

// changed tells the watchers here, and notes that other nodes are to be told. The
// lock is held.
func (h *Hub) changed(executionID int64) {
	h.signal(executionID)
	if h.store.Postgres() {
		h.untold[executionID] = true
	}
}

// Restart makes the text of a step start again, since another attempt begins.
func (h *Hub) Restart(executionID int64, step string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text(executionID, step).restart(h.nextRound())
	h.changed(executionID)
}

// Forget lets go of a run's text: it has been recorded.
func (h *Hub) Forget(executionID int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.texts, executionID)
	delete(h.untold, executionID)
}

func (h *Hub) text(executionID int64, step string) *text {
	r := h.texts[executionID]
	if r == nil {
		r = &run{steps: map[string]*text{}}
		h.texts[executionID] = r
	}
	t := r.steps[step]
	if t == nil {
		t = &text{round: h.nextRound()}
		r.steps[step] = t
		r.order = append(r.order, step)
	}
	return t
}

func (h *Hub) signal(executionID int64) {
	for s := range h.subs {
		if s.executionID != executionID {
			continue
		}
		select {
		case s.text <- struct{}{}:
		default:
		}
	}
}

// Piece is a stretch of a step's text. Offset counts code points; a piece at
// offset 0 starts the text again.
type Piece struct {
	Step   string `json:"s"`
	Offset int    `json:"o"`
	Text   string `json:"t"`
}

// Seen remembers how much of a run's text a watcher has been told. The zero
// value has seen nothing.
type Seen struct{ steps map[string]seen }

type seen struct{ round, bytes, points int }

// Texts returns what a watcher has not been told yet, and notes it as seen.
func (h *Hub) Texts(executionID int64, s *Seen) []Piece {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.texts[executionID]
	if r == nil {
		return nil
	}
	return r.since(s)
}

func (r *run) since(s *Seen) []Piece {
	if s.steps == nil {
		s.steps = map[string]seen{}
	}
	var pieces []Piece
	for _, step := range r.order {
		t, had := r.steps[step], s.steps[step]
		if had.round != t.round {
			had = seen{round: t.round}
			if t.points == 0 {
				pieces = append(pieces, Piece{Step: step})
			}
		}
		if had.bytes < t.body.Len() {
			pieces = append(pieces, Piece{Step: step, Offset: had.points, Text: t.body.String()[had.bytes:]})
		}
		s.steps[step] = seen{round: t.round, bytes: t.body.Len(), points: t.points}
	}
	return pieces
}
