package studio

import (
	"strings"
	"sync"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/text"
)

// draft is the result that is being written of a text. Until somebody watches the
// text it is held here, so that a provider that breaks off can start again; what has
// been shown stays.
type draft struct {
	mu      sync.Mutex
	text    *text.Text
	screen  *guard.Screen // of the result
	held    strings.Builder
	watched bool
	shown   bool   // a part of this result is in the text
	stop    func() // ends the writing, because a caller asked for it
}

// Append takes a piece.
func (d *draft) Append(piece string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held.WriteString(d.screen.Write(piece))
	if d.watched {
		d.show()
	}
}

// Begin takes the screen of the next result, or of another attempt at this one.
func (d *draft) Begin(s *guard.Screen) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.screen = s
}

// Redacted returns what was redacted in the result.
func (d *draft) Redacted() []domain.Finding {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.screen == nil {
		return nil
	}
	return d.screen.Findings()
}

// Restart drops what was written of the result, unless it has been shown.
func (d *draft) Restart() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown {
		return ai.ErrSeen
	}
	d.held.Reset()
	return nil
}

// Watch shows the text from now on as it is written.
func (d *draft) Watch() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watched = true
	d.show()
}

// End puts the result into the text.
func (d *draft) End() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.screen != nil {
		d.held.WriteString(d.screen.End())
	}
	d.show()
	d.shown = false
}

// show is called with the lock held.
func (d *draft) show() {
	if d.held.Len() == 0 {
		return
	}
	d.text.Append("", d.held.String())
	d.held.Reset()
	d.shown = true
}
