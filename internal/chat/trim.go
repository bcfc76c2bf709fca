package chat

import (
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// Room is how many tokens of earlier turns a model is shown. With the sources, the rules and the answer it fits models
// of 32,000 tokens.
const Room = 12_000

// mostEarlier is how many characters of the turns that do not fit are shown, shortened.
const mostEarlier = 2_400

// Trimmed is what of a conversation a model is shown.
type Trimmed struct {
	Turns   []Turn // the newest that fit, whole
	Earlier string // the others, shortened: the first question, and the newest of the rest
	LeftOut int    // how many turns that is
}

// Trim leaves out the oldest turns, whole ones, until the others fit into room, in tokens.
func Trim(turns []Turn, room int) Trimmed {
	from := len(turns)
	for from > 0 {
		need := Tokens(turns[from-1].Question) + Tokens(turns[from-1].Answer)
		if need > room {
			break
		}
		room -= need
		from--
	}
	out := Trimmed{Turns: turns[from:], LeftOut: from}
	if from > 0 {
		out.Earlier = shortened(turns[:from])
	}
	return out
}

// shortened is the first question and the beginnings of the newest turns, as many as fit.
func shortened(turns []Turn) string {
	first := "It began with: " + prose.Clip(prose.Line(turns[0].Question), 300)
	left := mostEarlier - utf8.RuneCountInString(first)
	var lines []string
	for i := len(turns) - 1; i > 0; i-- {
		line := briefly(turns[i])
		if left -= utf8.RuneCountInString(line) + 1; left < 0 {
			break
		}
		lines = append(lines, line)
	}
	lines = append(lines, first)
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

// briefly is a turn in a line.
func briefly(t Turn) string {
	line := "Asked: " + prose.Clip(prose.Line(t.Question), 120)
	if a := prose.Line(t.Answer); a != "" {
		line += " Answered: " + prose.Clip(a, 200)
	}
	return line
}

// Tokens estimates how many tokens a text has: one per four characters, and one per one and a half of scripts such as
// Chinese, with 15 % on top, since tokenizers differ.
func Tokens(text string) int {
	wide := prose.CountWide(text)
	narrow := utf8.RuneCountInString(text) - wide
	return (narrow*100/4+wide*100*2/3)*115/10_000 + 1
}
