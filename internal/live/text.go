package live

import (
	"strings"
	"unicode/utf8"
)

// run is the text that one run is writing, by step.
type run struct {
	order []string
	steps map[string]*text
}

type text struct {
	body   strings.Builder
	points int // code points in body
	round  int // raised when the text starts again
}

// Write adds a piece to the text of a step.
func (h *Hub) Write(executionID int64, step, piece string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.text(executionID, step)
	t.body.WriteString(piece)
	t.points += utf8.RuneCountInString(piece)
	h.signal(executionID)
}

// Restart makes the text of a step start again, since another attempt begins.
func (h *Hub) Restart(executionID int64, step string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.text(executionID, step)
	t.body.Reset()
	t.points = 0
	t.round++
	h.signal(executionID)
}

// Forget lets go of a run's text: it has been recorded.
func (h *Hub) Forget(executionID int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.texts, executionID)
}

func (h *Hub) text(executionID int64, step string) *text {
	r := h.texts[executionID]
	if r == nil {
		r = &run{steps: map[string]*text{}}
		h.texts[executionID] = r
	}
	t := r.steps[step]
	if t == nil {
		t = &text{}
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
	Step   string
	Offset int
	Text   string
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
