package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// What an answer of a model may have around or instead of the text: the instructions that it was given,
// a code fence, an end that never came.

// promptPattern finds how instructions to a model are usually worded.
var promptPattern = nearby(`(?i)\b(?:you are (?:an? |the )(?:\w+[- ]){0,3}(?:assistant|chatbot|language model|copywriter|content writer|ai)\b[^.\n]{0,40}` +
	`(?:\. (?:your|you|write|always|never)\b| (?:that|who|for|tasked|designed|trained)\b)` +
	`|your task is to (?:write|generate|create|produce|rewrite)\b|return only the (?:text|json|markdown|article|post|section)\b` +
	`|(?:everything|the text|anything) between <?(?:data|sources?)>? and\b|use only the facts(?:,| and)[^.\n]{0,60} (?:in the brief|provided|given|below)\b` +
	`|(?:do not|never) (?:mention|reveal|disclose) (?:these|your|the) (?:instructions|system prompt|prompt)\b` +
	`|(?:respond|answer|reply) (?:only )?(?:in|with) (?:valid )?(?:json|markdown) (?:only|and nothing))`)

// leastLeak is how many words a sentence of the instructions has that is not in a text by chance.
const leastLeak = 8

// leaked finds sentences of the instructions that the model was given.
func (t *target) leaked() (out []prose.Range) {
	if t.Instructions == "" || t.field != "" {
		return nil
	}
	for _, s := range prose.SentenceTexts(prose.Plain(t.Instructions)) {
		if prose.CountWords(s) >= leastLeak {
			out = append(out, t.index().Find(s)...)
		}
	}
	return out
}

// wrapped returns the fence, or the brace, of an answer that is a code block or JSON as a whole.
func wrapped(t *target) []prose.Range {
	text := strings.TrimSpace(t.Text)
	start := strings.Index(t.Text, text)
	first := []prose.Range{{Start: start, End: start + min(3, len(text))}}
	switch {
	case strings.HasPrefix(text, `{"`) && strings.HasSuffix(text, "}") || strings.HasPrefix(text, `[{"`):
		return []prose.Range{{Start: start, End: start + 1}}
	case !strings.HasPrefix(text, "```") && !strings.HasPrefix(text, "~~~"):
		return nil
	}
	line, _, _ := strings.Cut(text[3:], "\n")
	language := strings.ToLower(strings.TrimSpace(line))
	for i, b := range t.read.Blocks {
		if !b.Code || i > 0 && language != "markdown" && language != "md" {
			return nil // code that an article begins with
		}
		if i == 0 && (language == "markdown" || language == "md" || language == "text" || language == "html") {
			return first
		}
	}
	if language == "" && len(t.read.Blocks) == 1 && prose.CountWords(t.read.Blocks[0].String()) > 20 {
		return first
	}
	return nil
}

// leastWhole is how many words a text has at least that is looked at for a missing end.
const leastWhole = 40

// hanging are words after which a sentence goes on.
const hanging = " and or but the a an of to for with in on at by from that which because as than is are was were our your their its " +
	"und oder aber der die das ein eine von zu für mit dass weil als et ou mais le la les un une de du des pour avec que qui dans " +
	"y o pero el los las un una para con en e ma il lo gli di per che nel com os as em uma do da het een en of maar van voor met dat die "

// cutOff returns the end of a text that breaks off: in mid-sentence, or below a heading that nothing follows.
func cutOff(t *target) []prose.Range {
	blocks := t.read.Blocks
	if len(blocks) == 0 || t.words.Text == "" {
		return nil
	}
	last := blocks[len(blocks)-1]
	end := len(strings.TrimRightFunc(t.Text, unicode.IsSpace))
	if last.Code || last.Cell || last.Quote || end == 0 || endsInLinkOrTag(t, end) {
		return nil
	}
	said := strings.TrimSpace(last.String())
	place := []prose.Range{{Start: lastWord(t.Text[:end]), End: end}}
	mark, _ := utf8.DecodeLastRuneInString(said)
	words := prose.Words(said)
	switch {
	case len(words) == 0 || !moreThan(t.words.Text, leastWhole):
		return nil
	case last.Level > 0:
		return place
	case strings.ContainsRune(",，、;(", mark), mark == '-' && len(words) > 1:
		return place
	case !unicode.IsLetter(mark) && !unicode.IsDigit(mark):
		return nil
	case among(hanging, strings.ToLower(words[len(words)-1])) && len(words) > 3:
		return place
	}
	// A paragraph of several sentences ends with a mark; a list, a signature or a slogan may not.
	sentences := prose.Sentences(said)
	if n := len(sentences); n > 1 && len(prose.Words(sentences[n-1].In(said))) > 4 {
		return place
	}
	return nil
}

func endsInLinkOrTag(t *target, end int) bool {
	return strings.HasSuffix(t.Text[:end], ">") || strings.HasSuffix(t.Text[:end], "/")
}

func lastWord(s string) int {
	start := strings.LastIndexFunc(s, unicode.IsSpace) + 1
	for !utf8.RuneStart(s[start]) {
		start++
	}
	return start
}

// moreThan reports whether a text has more than n words, and does not read on once it has.
func moreThan(text string, n int) bool {
	part := text[:min(len(text), 40*n)]
	return prose.CountWords(strings.ToValidUTF8(part, "")) > n
}

// wholeness says whether a long text is one: not wrapped, not cut off.
func wholeness(t *target) (out []domain.Finding) {
	if places := wrapped(t); len(places) > 0 {
		out = append(out, finding(t.Text, domain.SeverityWarning,
			"The whole text is a block of code, so readers see its marks. Take the text out of the block.", places, nil))
	}
	if places := cutOff(t); len(places) > 0 {
		severity := domain.SeverityWarning
		if t.Edited {
			severity = domain.SeverityInfo // a person may be in the middle of writing
		}
		out = append(out, finding(t.Text, severity,
			"The text breaks off here. Finish it, or delete what is not finished.", places, shortened))
	}
	return out
}
