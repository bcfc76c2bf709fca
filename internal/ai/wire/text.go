package wire

import (
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/ai/tidy"
)

// Text collects the pieces of a response and passes on what is text in them. What a
// provider puts around it (control characters, thoughts, a code fence around the
// whole) is taken off, wherever it was cut into pieces.
type Text struct {
	provider string
	sink     ai.Sink
	fenced   bool // a fence is taken off: the answer is prose

	clean    tidy.Cleaner
	thoughts tidy.Thoughts
	fence    tidy.Fence
	whole    strings.Builder
	received int // bytes of text, as they came
	thought  int // bytes of thoughts that came apart from the text
}

func newText(provider string, req *ai.Request, to ai.Sink) Text {
	return Text{
		provider: provider,
		sink:     to,
		fenced:   len(req.Schema) == 0,
		thoughts: tidy.Thoughts{Opened: req.Opened},
	}
}

// Add takes the next piece of text, which may end within a character.
func (t *Text) Add(piece string) error {
	if t.received += len(piece); t.received > MaxAnswer {
		return tooLarge(t.provider)
	}
	text, retract := t.thoughts.Add(t.clean.Add(piece))
	return t.pass(text, retract)
}

// Think takes a sign that the model thinks, with the size of the thought in bytes
// where it is known. A model whose thoughts come apart has none in its text.
func (t *Text) Think(size int) error {
	if size > 0 {
		t.thought += size
		t.thoughts.Opened = false
	}
	return t.sink.Add("")
}

// Empty reports whether nothing was received yet.
func (t *Text) Empty() bool { return t.received == 0 }

// Received returns how many bytes of text and thoughts arrived.
func (t *Text) Received() int { return t.received + t.thought }

// String returns the text so far.
func (t *Text) String() string { return t.whole.String() }

// pass emits text; with none it shows that the model is alive.
func (t *Text) pass(text string, retract bool) error {
	if retract {
		t.whole.Reset()
		t.fence = tidy.Fence{}
		if err := t.sink.Withdraw(); err != nil {
			return err
		}
	}
	if t.fenced {
		text = t.fence.Add(text)
	}
	return t.emit(text)
}

func (t *Text) emit(text string) error {
	t.whole.WriteString(text)
	return t.sink.Add(text)
}

// end emits what was held back.
func (t *Text) end() error {
	text, retract := t.thoughts.Add(t.clean.End())
	rest, again := t.thoughts.End()
	if again {
		text = ""
	}
	if text += rest; text != "" || retract || again {
		if err := t.pass(text, retract || again); err != nil {
			return err
		}
	}
	if text = t.fence.End(); text != "" {
		return t.emit(text)
	}
	return nil
}
