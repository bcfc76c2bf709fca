package guard

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Screen keeps secrets and the instructions of the model out of a text that readers see while it is written. It holds
// back the word that is being written, a private key until its end, and a sentence for as long as it reads like one of
// the instructions. It is for one goroutine.
type Screen struct {
	instructions []prose.Term // sentences of the instructions
	plain        []string     // the same in plain words, each with a space after it
	shown        string       // the end of what has been let through, which explains what follows: "the password is"
	held         string
	findings     []domain.Finding
}

const (
	// screenContext is how much of the text before a piece is looked at with it, in bytes.
	screenContext = 200
	// mostHeld is how much is held back at most, in bytes: longer words are no secrets, and longer keys are cut.
	mostHeld = 8000
	// leastPrefix is how many words in mid-sentence must agree with an instruction before they are held back.
	leastPrefix = 4
	redaction   = "[redacted]"
)

// NewScreen returns a screen. instructions is what the model got, the brief left out; empty: nothing.
func NewScreen(instructions string) *Screen {
	s := &Screen{}
	for _, sentence := range prose.SentenceTexts(prose.Plain(instructions)) {
		if prose.CountWords(sentence) >= leastLeak {
			s.instructions = append(s.instructions, prose.NewTerm(sentence))
			s.plain = append(s.plain, plainWords(sentence)+" ")
		}
	}
	return s
}

// Write takes a piece and returns what readers may see now.
func (s *Screen) Write(piece string) string {
	s.held += piece
	n := s.safe()
	if len(s.held)-n > mostHeld {
		n = len(s.held)
	}
	return s.let(n)
}

// End returns the rest of the text.
func (s *Screen) End() string { return s.let(len(s.held)) }

// Findings returns what has been redacted, without places: nobody may see the words again.
func (s *Screen) Findings() []domain.Finding { return slices.Clone(s.findings) }

// safe returns how much of what is held has no secret or instruction that may still go on.
func (s *Screen) safe() int {
	n := strings.LastIndexFunc(s.held, unicode.IsSpace) + 1
	n = min(n, keyStart(s.held, n))
	if len(s.instructions) > 0 {
		n = min(n, s.leakStart(n))
	}
	return n
}

// keyStart returns where a private key begins that is not let through whole with the first n bytes; n if there is none.
func keyStart(text string, n int) int {
	for from := 0; ; {
		i := strings.Index(text[from:], "-----BEGIN")
		if i < 0 || from+i >= n {
			return n
		}
		begin := from + i
		_, rest, _ := strings.Cut(text[begin:], "-----END")
		closing := strings.Index(rest, "-----")
		if end := len(text) - len(rest) + closing + len("-----"); closing < 0 || n < end {
			return begin
		}
		from = begin + len("-----BEGIN")
	}
}

// leakStart returns where words begin that an instruction may begin with, or that are one of which the first n bytes do
// not have the end; n if there are none.
func (s *Screen) leakStart(n int) int {
	words := prose.WordRanges(s.held)
	for i, w := range words {
		if w.Start >= n {
			break
		}
		rest := plainWords(s.held[w.Start:]) + " "
		first := i == 0 || strings.ContainsAny(s.held[words[i-1].End:w.Start], ".!?:\n")
		for _, sentence := range s.plain {
			whole := strings.HasPrefix(rest, sentence)
			switch {
			case whole && n < words[i+strings.Count(sentence, " ")-1].End:
				return w.Start
			case !whole && (first || len(words)-i >= leastPrefix) && strings.HasPrefix(sentence, strings.TrimSuffix(rest, " ")):
				return w.Start
			}
		}
	}
	return n
}

// let lets through the first n bytes of what is held, with what must not be seen cut out.
func (s *Screen) let(n int) string {
	if n <= 0 {
		return ""
	}
	before, part := s.shown, s.held[:n]
	s.held = s.held[n:]
	if s.harmless(before + part) {
		s.remember(before + part)
		return part
	}
	t := newTarget(Input{Text: before + part})
	var cuts []cut
	start := utf8.RuneCountInString(before)
	note := func(slug string, f domain.Finding) {
		found := false
		for _, m := range f.Matches {
			if m.End > start {
				cuts = append(cuts, cut{max(m.Start, start) - start, m.End - start, redaction})
				found = true
			}
		}
		if found {
			f.Guardrail, f.Action, f.Matches = slug, domain.ActionRedacted, []domain.Match{}
			f.Message = strings.Replace(f.Message, "The text contains", "The text contained", 1)
			f.ID = identify(f, "")
			if !slices.ContainsFunc(s.findings, func(g domain.Finding) bool { return g.ID == f.ID }) {
				s.findings = append(s.findings, f)
			}
		}
	}
	for _, f := range secrets(t) {
		note("secrets", f)
	}
	var leaks []prose.Range
	for _, sentence := range s.instructions {
		leaks = append(leaks, t.index().FindTerm(sentence)...)
	}
	if len(leaks) > 0 {
		note("injection-residue", t.finding(domain.SeverityWarning,
			"These are instructions to the model that wrote the text. Delete them.", apart(leaks), nil))
	}
	s.remember(before + part)
	return apply(part, cuts, nil)
}

// harmless reports whether a text certainly has nothing to cut out, which goes for nearly every piece: without any
// markup its words are those of the source, and it holds no string that a secret or an instruction has.
func (s *Screen) harmless(text string) bool {
	if strings.ContainsAny(text, "*_`~[]()<>&\\#|") || sourceGate().opensAny(text) || len(blobs(text)) > 0 {
		return false
	}
	words := prose.NewIndex(text)
	return !slices.ContainsFunc(s.instructions, func(t prose.Term) bool { return len(words.FindTerm(t)) > 0 })
}

// remember keeps the end of what has been let through.
func (s *Screen) remember(text string) {
	s.shown = text
	if over := len(s.shown) - screenContext; over > 0 {
		for over < len(s.shown) && !utf8.RuneStart(s.shown[over]) {
			over++
		}
		s.shown = s.shown[over:]
	}
}
