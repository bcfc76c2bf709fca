package tidy

import (
	"bytes"
	"strings"
)

// Fence takes off a code fence around a whole text: one without a language, or with
// the language markdown. Text that begins with such a fence is held back until its
// end shows whether the fence is around all of it. The zero value is ready.
type Fence struct {
	buf  []byte
	mode mode
	lang bool // the fence says markdown, so that it is hardly meant as code
	seen int  // bytes of buf that were looked at
	shut bool // the fence is closed
}

type mode int

const (
	undecided mode = iota
	holding
	passing
)

// longestInfo is how long the first line of a fence may be.
const longestInfo = 40

// Add takes the next piece and returns what is certain.
func (f *Fence) Add(piece string) string {
	if f.mode == passing {
		return piece
	}
	f.buf = append(f.buf, piece...)
	if f.mode == undecided {
		f.decide()
	}
	if f.mode == holding && !f.lang {
		f.look()
	}
	if f.mode == passing {
		return f.release()
	}
	return ""
}

// End returns what is left after the last piece.
func (f *Fence) End() string {
	if f.mode == holding {
		if inner, ok := unfence(string(f.buf)); ok {
			f.buf = nil
			return inner
		}
	}
	return f.release()
}

func (f *Fence) release() string {
	text := string(f.buf)
	f.buf = nil
	return text
}

// decide looks at the first line.
func (f *Fence) decide() {
	text := string(f.buf)
	line, _, whole := strings.Cut(strings.TrimLeft(text, " \t\n"), "\n")
	mark, info := fence(line)
	switch {
	case mark == "" && !whole && strings.Trim(line, "`") == "" || line == "~" || line == "~~":
		return // a fence may still come of it
	case mark == "" || len(line) > longestInfo || whole && !wraps(info):
		f.mode = passing
	case whole:
		f.mode, f.lang = holding, info != ""
		f.seen = strings.Index(text, line) + len(line) + 1
	}
}

// look lets the text go once something follows the fence's end.
func (f *Fence) look() {
	for {
		next, _, whole := bytes.Cut(f.buf[f.seen:], []byte("\n"))
		line := string(next)
		if f.shut && strings.TrimSpace(line) != "" {
			f.mode = passing
			return
		}
		if !whole {
			return
		}
		f.seen += len(line) + 1
		if mark, info := fence(line); mark != "" && info == "" {
			f.shut = true
		}
	}
}

// fence splits a line into a fence and its language; mark is empty where the line is
// none.
func fence(line string) (mark, info string) {
	line = strings.TrimSpace(line)
	info = strings.TrimLeft(line, "`")
	if info == line {
		info = strings.TrimLeft(line, "~")
	}
	if mark = line[:len(line)-len(info)]; len(mark) < 3 || strings.Contains(info, "`") {
		return "", ""
	}
	return mark, strings.ToLower(strings.TrimSpace(info))
}

func wraps(info string) bool { return info == "" || info == "markdown" || info == "md" }

// unfence returns what is inside a fence around the whole text.
func unfence(text string) (inner string, ok bool) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	open, info := fence(lines[0])
	if open == "" || !wraps(info) {
		return "", false
	}
	count := 0
	for _, line := range lines {
		if mark, _ := fence(line); mark != "" && mark[0] == open[0] && len(mark) >= len(open) {
			count++
		}
	}
	last, rest := fence(lines[len(lines)-1])
	closed := len(lines) > 1 && last != "" && rest == "" && last[0] == open[0] && len(last) >= len(open)
	switch {
	case closed && count%2 == 0:
		return strings.Join(lines[1:len(lines)-1], "\n"), true
	case info != "" && count%2 == 1: // the end was cut off, or forgotten
		return strings.Join(lines[1:], "\n"), true
	}
	return "", false
}
