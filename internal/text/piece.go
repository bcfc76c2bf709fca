package text

import "unicode/utf8"

// Piece is a part of a growing text.
type Piece struct {
	// Step is the key of the step that writes the text; empty for a generated text.
	Step string `json:"s,omitempty"`
	// Offset is how many code points of the text come before the piece. A piece at
	// offset 0 starts the text again.
	Offset int    `json:"o"`
	Text   string `json:"t"`
}

// End returns how many code points the text has up to the end of the piece.
func (p Piece) End() int { return p.Offset + utf8.RuneCountInString(p.Text) }

// After returns the part of the piece after a number of code points of the text.
func (p Piece) After(points int) Piece {
	for p.Offset < points && p.Text != "" {
		_, n := utf8.DecodeRuneInString(p.Text)
		p.Offset, p.Text = p.Offset+1, p.Text[n:]
	}
	return p
}

// clip returns the beginning of the piece, of about size bytes, cut between code
// points.
func (p Piece) clip(size int) Piece {
	for i := range p.Text {
		if i >= size {
			p.Text = p.Text[:i]
			break
		}
	}
	return p
}

// place is how far a text has been read or kept.
type place struct{ round, bytes, points int }
