package ui

import (
	"slices"
	"strings"

	"vellocity/internal/prose"
)

// DiffPart is a piece of a comparison, as a page shows it.
type DiffPart struct {
	Op   string // "same", "ins", "del", or "fold": the same, and not near any change
	Text string
}

// Paragraphs counts the paragraphs of a folded part: "3 paragraphs".
func (d DiffPart) Paragraphs() string {
	n := 0
	for _, p := range strings.Split(d.Text, "\n\n") {
		if strings.TrimSpace(p) != "" {
			n++
		}
	}
	return Plural(n, "paragraph", "paragraphs")
}

// Fold keeps a paragraph around each change and marks what is further away as
// folded. A text without any change is kept whole.
func Fold(parts []DiffPart) []DiffPart {
	if len(parts) < 2 {
		return parts
	}
	var out []DiffPart
	for i, p := range parts {
		first, last := 0, len(p.Text)
		if i > 0 {
			first = nth(p.Text, 2)
		}
		if i < len(parts)-1 {
			last = len(p.Text) - nth(reversed(p.Text), 2)
		}
		if p.Op != "same" || last-first < 200 {
			out = append(out, p)
			continue
		}
		parts := []DiffPart{{"same", p.Text[:first]}, {"fold", p.Text[first:last]}, {"same", p.Text[last:]}}
		for _, piece := range parts {
			if piece.Text != "" {
				out = append(out, piece)
			}
		}
	}
	return out
}

// nth returns the offset after the n-th paragraph break, or the end.
func nth(s string, n int) int {
	at := 0
	for range n {
		i := strings.Index(s[at:], "\n\n")
		if i < 0 {
			return len(s)
		}
		at += i + 2
	}
	return at
}

// reversed reverses the bytes, so that breaks can be counted from the end.
func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// WordDiff compares two texts word by word, as [prose.WordDiff] does.
func WordDiff(before, after string) []DiffPart {
	var out []DiffPart
	for _, p := range prose.WordDiff(before, after) {
		out = append(out, DiffPart(p))
	}
	return out
}

// Changed counts the words that were added and removed.
func Changed(parts []DiffPart) (added, removed int) {
	for _, p := range parts {
		switch p.Op {
		case "ins":
			added += prose.CountWords(p.Text)
		case "del":
			removed += prose.CountWords(p.Text)
		}
	}
	return added, removed
}
