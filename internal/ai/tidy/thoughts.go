package tidy

import (
	"strings"
	"unicode"
)

// A model that thinks aloud does so at the beginning of its answer, between tags.
// Where the template of the prompt has already opened the block, only the closing
// tag comes.
var blocks = []struct {
	open  string
	close []string
}{
	{"<think>", closers},
	{"<thinking>", closers},
	{"<thought>", closers},
	{"<reasoning>", closers},
	{"<seed:think>", []string{"</seed:think>"}},
	{"<|begin_of_thought|>", []string{"<|end_of_thought|>"}},
	{"[think]", []string{"[/think]"}},
	{"◁think▷", []string{"◁/think▷"}},
}

var closers = []string{"</think>", "</thinking>", "</thought>", "</reasoning>"}

// bare are the closing tags that are looked for without an opening one.
var bare = []string{"</think>", "</thinking>", "</seed:think>", "◁/think▷"}

// Thoughts separates a text from the thoughts in front of it. The zero value is
// ready.
type Thoughts struct {
	// Opened says that the model is known to send its thoughts without an opening
	// tag. The text is then held back until the closing one.
	Opened bool

	state  state
	buf    string // not decided yet
	close  []string
	after  bool            // a block has ended: white space before the text goes with it
	paired bool            // an opening tag was seen, so a closing one belongs to it
	text   strings.Builder // what was passed on, or is held
	final  bool            // in a channel that is text
}

type state int

const (
	atStart    state = iota
	inBlock          // until a closing tag
	inHeld           // held back until a closing tag; text where none comes
	inText           // text, in which a closing tag may still come
	inSettled        // text, whatever comes
	inHeader         // of a channel
	inChannel        // the body of a channel
	markWindow = 40  // bytes; no tag is longer
)

// Add takes the next piece and returns the text that is certain. Retract reports
// that all text before this was a thought.
func (t *Thoughts) Add(piece string) (text string, retract bool) {
	t.buf += piece
	return t.run(false)
}

// End returns what is left after the last piece.
func (t *Thoughts) End() (text string, retract bool) { return t.run(true) }

// run decides as much as it can.
func (t *Thoughts) run(end bool) (text string, retract bool) {
	var out string
	for {
		before, at := len(t.buf), t.state
		piece, taken := t.step(end)
		if taken {
			out, retract = "", true
		}
		out += piece
		if t.state == at && len(t.buf) == before {
			return out, retract
		}
	}
}

func (t *Thoughts) step(end bool) (text string, retract bool) {
	switch t.state {
	case atStart:
		t.start(end)
	case inBlock, inHeld:
		return t.block(end), false
	case inText:
		return t.watch(end)
	case inSettled:
		text, t.buf = t.buf, ""
		return text, false
	case inHeader:
		t.readHeader()
	case inChannel:
		return t.channel(end), false
	}
	return "", false
}

// start decides what the answer begins with.
func (t *Thoughts) start(end bool) {
	rest := strings.TrimLeftFunc(t.buf, unicode.IsSpace)
	if rest == "" && !end {
		return
	}
	for _, b := range blocks {
		if n, _ := tag(rest, b.open); n > 0 {
			t.state, t.close, t.paired, t.buf = inBlock, b.close, true, rest[n:]
			return
		}
	}
	for _, c := range bare {
		if n, _ := tag(rest, c); n > 0 { // an empty block whose beginning is in the prompt
			t.after, t.paired, t.buf = true, true, rest[n:]
			return
		}
	}
	switch {
	case strings.HasPrefix(rest, "<|channel|>"), strings.HasPrefix(rest, "<|start|>"):
		t.state, t.paired, t.buf = inHeader, true, rest
		return
	case !end && unfinished(rest):
		return
	case spokenChannel(rest):
		t.state, t.close = inHeld, []string{"assistantfinal"}
		return
	case t.Opened && !t.after:
		t.state, t.close = inHeld, bare
		return
	}
	if t.after {
		t.buf = rest
	}
	t.state = inText
	if t.paired {
		t.state = inSettled
	}
}

// spokenChannel recognises channels whose marks were left out: "analysisThe user
// wants … assistantfinalText".
func spokenChannel(s string) bool {
	rest, ok := strings.CutPrefix(s, "analysis")
	return ok && rest != "" && unicode.IsUpper([]rune(rest)[0])
}

// tag reports the length of a tag at the start of s, in any case; open reports that s
// may be the beginning of one.
func tag(s, name string) (n int, open bool) {
	if len(s) < len(name) {
		return 0, strings.EqualFold(s, name[:len(s)])
	}
	if strings.EqualFold(s[:len(name)], name) {
		return len(name), false
	}
	return 0, false
}

// unfinished reports whether more of s is needed to tell what it begins with.
func unfinished(s string) bool {
	for _, b := range blocks {
		if _, open := tag(s, b.open); open {
			return true
		}
	}
	for _, c := range append([]string{"<|channel|>", "<|start|>"}, bare...) {
		if _, open := tag(s, c); open {
			return true
		}
	}
	return len(s) <= len("analysis") && strings.HasPrefix("analysis", s)
}

// find returns where the first of the tags begins and ends; -1 where there is none.
func find(s string, tags []string) (begin, end int) {
	begin, end = -1, -1
	for i := range len(s) {
		for _, name := range tags {
			if s[i] != name[0] {
				continue
			}
			if n, _ := tag(s[i:], name); n > 0 {
				return i, i + n
			}
		}
	}
	return begin, end
}

// block looks for the end of a block of thoughts.
func (t *Thoughts) block(end bool) string {
	_, after := find(t.buf, t.close)
	switch {
	case after >= 0:
		t.state, t.buf, t.after, t.paired = atStart, t.buf[after:], true, true
		t.text.Reset()
	case t.state == inBlock && end:
		t.buf = ""
	case t.state == inHeld && end: // no thoughts after all
		t.state, t.buf = inSettled, t.text.String()+t.buf
	case len(t.buf) > 2*markWindow:
		t.pass(len(t.buf) - markWindow)
		if t.state == inBlock {
			t.text.Reset() // nobody will ask for it
		}
	}
	return ""
}

// watch passes text on and looks for a closing tag that has no opening one.
func (t *Thoughts) watch(end bool) (text string, retract bool) {
	begin, after := find(t.buf, bare)
	opened, _ := find(t.buf, []string{"<think>", "<thinking>"})
	switch {
	case opened >= 0 && (begin < 0 || opened < begin):
		t.state = inSettled // a text about tags
	case begin >= 0 && after == len(t.buf) && !end: // what follows decides
		return t.pass(begin), false
	case begin >= 0 && !t.quotedAt(begin, after):
		t.state, t.buf, t.after, t.paired = atStart, t.buf[after:], true, true
		t.text.Reset()
		return "", true
	case begin >= 0:
		t.state = inSettled
	case end:
		return t.pass(len(t.buf)), false
	default:
		return t.pass(len(t.buf) - pending(t.buf)), false
	}
	return "", false
}

// pass returns so much of the buffer as text.
func (t *Thoughts) pass(n int) string {
	text := t.buf[:n]
	t.text.WriteString(text)
	t.buf = t.buf[n:]
	return text
}

// quotedAt reports whether a closing tag is part of the text, such as an example of
// one: in code, or with a word right behind it.
func (t *Thoughts) quotedAt(begin, after int) bool {
	before := t.text.String() + t.buf[:begin]
	if strings.HasSuffix(before, "`") || strings.Count(before, "```")%2 == 1 {
		return true
	}
	return after < len(t.buf) && !startsWithSpace(t.buf[after:])
}

func startsWithSpace(s string) bool { return strings.TrimLeftFunc(s, unicode.IsSpace) != s }

// pending returns how many bytes at the end of s may be the beginning of a tag.
func pending(s string) int {
	for n := min(len(s), markWindow); n > 0; n-- {
		tail := s[len(s)-n:]
		for _, name := range append([]string{"<think>", "<thinking>"}, bare...) {
			if _, open := tag(tail, name); open {
				return n
			}
		}
	}
	return 0
}

// marks are what channels are made of.
var marks = []string{"<|channel|>", "<|start|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>"}

// readHeader reads up to the body of a channel.
func (t *Thoughts) readHeader() {
	header, body, ok := strings.Cut(t.buf, "<|message|>")
	if !ok {
		return
	}
	_, name, named := strings.Cut(header, "<|channel|>")
	t.final = !named || strings.HasPrefix(strings.TrimSpace(name), "final")
	t.state, t.buf = inChannel, body
}

// channel passes on the body of a channel, if it is text.
func (t *Thoughts) channel(end bool) string {
	begin, _ := find(t.buf, marks)
	n := begin
	switch {
	case begin >= 0:
		t.state = inHeader
	case end:
		n = len(t.buf)
	default:
		n = len(t.buf)
		if i := strings.LastIndex(t.buf, "<"); i >= 0 && len(t.buf)-i < len("<|channel|>") && opensMark(t.buf[i:]) {
			n = i
		}
	}
	text := t.buf[:n]
	t.buf = t.buf[n:]
	if !t.final {
		return ""
	}
	return text
}

func opensMark(s string) bool {
	for _, m := range marks {
		if strings.HasPrefix(m, s) {
			return true
		}
	}
	return false
}
