// Package compose assembles texts without a model: it puts the caller's own
// sentences into the slots of a format, and adds nothing but headings.
//
// A format ([Formats]; a file each in formats/) names its slots in their order: a
// launch says what is new, then for whom, when and at what price. The words of each
// language (slots/) give the heading of a slot, the question that an empty one
// raises, and the words by which a sentence is known to belong there. Formats and
// words are data: another format is another file.
//
// [NewArticle] assembles a whole text in parts, [NewMeta] describes it, [NewPost]
// builds a post for a social network, [Voiced] brings any text nearer to a brand voice.
//
// Every key point, fact and source of a [Brief] appears in the text exactly once, in
// the caller's wording, or is named as unused with the reason. A topic alone gives an
// outline: the headings of its format, with the questions that the text has to answer.
// The same brief always gives the same text. A language that has no words here gets
// the caller's sentences and nothing else.
package compose

import (
	"strings"
	"unicode"

	"vellocity/internal/domain"
)

// Brief is what a caller gave, in its own words. A composed text uses nothing else.
type Brief struct {
	Topic        string
	Keywords     []string
	KeyPoints    []string
	Facts        []string
	Found        int      // how many facts, the last ones, are sentences of the workspace's sources
	Sources      []string // references, and pasted passages to draw on; see [Reference]
	Language     string   // a language code; "" means English
	CallToAction string
	Format       string // a name from [Formats]; "" or [Automatic] recognizes it from the brief
	// Words bounds what is taken from pasted passages; 0 sets no bound. Key points and
	// facts are never cut.
	Words      int
	Sections   int                // of an article, at most; 5 where it is 0
	BrandVoice *domain.BrandVoice // nil: none
}

// Unused is something that the caller gave and the text does not hold.
type Unused struct {
	Ref    string `json:"input"`  // key_points[0], facts[2], sources[1], call_to_action
	Text   string `json:"text"`   // how it begins
	Reason string `json:"reason"` // why, and what to do
}

// Found reports whether it is a sentence of a source, which nobody has to add by hand: it is no fault of the brief.
func (u Unused) Found() bool { return strings.HasPrefix(u.Ref, foundField+"[") }

const foundField = "passages"

// Pieces splits a text after every few words, so that readers see it grow.
func Pieces(text string) []string {
	var out []string
	start, words := 0, 0
	for i, r := range text {
		if !unicode.IsSpace(r) {
			continue
		}
		if words++; words%4 == 0 {
			out = append(out, text[start:i+1])
			start = i + 1
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
