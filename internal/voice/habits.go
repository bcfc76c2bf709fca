package voice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// token is a word of a text.
type token struct {
	prose.Range
	word  string // folded: lower case, straight apostrophe
	upper bool   // it begins with a capital
	first bool   // it begins a sentence
}

// tokens returns the words of a text. Those within quotation marks are somebody else's, and are left out.
func tokens(text string) []token {
	words := prose.WordRanges(text)
	out := make([]token, 0, len(words))
	starts := prose.Sentences(text)
	marks := quoted(text)
	begun := false // the sentence has had a word
	for _, r := range words {
		for len(starts) > 0 && starts[0].End <= r.Start {
			starts, begun = starts[1:], false
		}
		for len(marks) > 0 && marks[0].End <= r.Start {
			marks = marks[1:]
		}
		first := !begun
		begun = true
		if len(marks) > 0 && marks[0].Start < r.Start {
			continue
		}
		c, _ := utf8.DecodeRuneInString(r.In(text))
		out = append(out, token{r, prose.Fold(r.In(text)), unicode.IsUpper(c), first})
	}
	return out
}

// closing are quotation marks by the mark that opens them.
//
//nolint:gochecknoglobals // a table
var closing = map[rune]string{'“': "”", '„': "“”", '«': "»", '"': "\"", '»': "«"}

// quoted returns the ranges between quotation marks, within one paragraph each.
func quoted(text string) (out []prose.Range) {
	from := 0
	for paragraph := range strings.SplitAfterSeq(text, "\n\n") {
		start, ends := -1, ""
		for i, r := range paragraph {
			switch {
			case start < 0 && closing[r] != "":
				start, ends = i, closing[r]
			case start >= 0 && strings.ContainsRune(ends, r):
				out = append(out, prose.Range{Start: from + start, End: from + i})
				start = -1
			}
		}
		from += len(paragraph)
	}
	return out
}

// habits are how a text speaks: the places of what voices differ in.
type habits struct {
	words, sentences    int
	lengths             []int                    // of the sentences in words, sorted
	address             map[string][]prose.Range // by form: you, du, Sie, tu, vous, tú, usted
	i, we               []prose.Range
	contracted, written []prose.Range // contractions, and what could have been one
	exclaimed           []prose.Range
}

// pronouns are the words of a person or a form of address, by language; a star stands for any ending.
//
//nolint:gochecknoglobals // a table
var pronouns = map[string]map[string]string{
	"en": {
		"you": "you your yours yourself yourselves you're you've you'll you'd",
		"i":   "i me my mine myself i'm i've i'll i'd",
		"we":  "we us our ours ourselves we're we've we'll we'd",
	},
	"de": {
		"du": "du dich dir dein deine deinem deinen deiner deines",
		"i":  "ich mich mir mein meine meinem meinen meiner meines",
		"we": "wir uns unser unsere unserem unseren unserer unseres",
	},
	"fr": {
		"tu": "tu toi tes", "vous": "vous votre vos vôtre vôtres",
		"i": "je moi mes mienne mien", "we": "nous notre nos nôtre nôtres",
	},
	"es": {
		"tú": "tú ti tus contigo tuyo tuya", "usted": "usted",
		"i": "yo mí mis conmigo", "we": "nosotros nosotras nuestro nuestra nuestros nuestras",
	},
}

// polite are the German words of the formal address. Only their capital sets them apart from “she” and “they”, so
// at the start of a sentence they count for nothing.
const polite = " sie ihnen ihr ihre ihrem ihren ihrer ihres "

// couldContract are pairs of English words that speech contracts.
const couldContract = ` do not|does not|did not|is not|are not|was not|were not|has not|have not|had not|will not|
would not|should not|could not|it is|that is|we are|you are|they are|we have|you have|they have|we will|you will|
it will|i am|i have|i will|there is|let us `

// habitsOf reads how a text speaks. The tokens are those of the text.
func habitsOf(list []token, text, language string) habits {
	h := habits{words: len(list), address: map[string][]prose.Range{}}
	for _, r := range prose.Sentences(text) {
		if n := prose.CountWords(r.In(text)); n > 0 {
			h.sentences++
			h.lengths = append(h.lengths, n)
		}
	}
	slices.Sort(h.lengths)
	known := map[string]string{}
	for form, words := range pronouns[language] {
		for w := range strings.FieldsSeq(words) {
			known[w] = form
		}
	}
	for i, t := range list {
		h.person(t, known[elided(t.word, language)], language)
		if language == "en" {
			h.contraction(list, i)
		}
	}
	marks := quoted(text)
	for i, r := range text {
		for len(marks) > 0 && marks[0].End < i {
			marks = marks[1:]
		}
		if r == '!' && (len(marks) == 0 || i < marks[0].Start) {
			h.exclaimed = append(h.exclaimed, prose.Range{Start: i, End: i + 1})
		}
	}
	return h
}

// elided takes the French j' and t' for the whole pronoun, and the word after d' and its like for itself.
func elided(word, language string) string {
	if language != "fr" {
		return word
	}
	before, after, cut := strings.Cut(word, "'")
	switch {
	case !cut:
		return word
	case before == "j":
		return "je"
	case before == "t":
		return "tu"
	}
	return after
}

func (h *habits) person(t token, form, language string) {
	switch {
	case language == "de" && strings.Contains(polite, " "+t.word+" "):
		if t.upper && !t.first {
			h.address["Sie"] = append(h.address["Sie"], t.Range)
		}
	case form == "i":
		h.i = append(h.i, t.Range)
	case form == "we":
		h.we = append(h.we, t.Range)
	case form != "":
		h.address[form] = append(h.address[form], t.Range)
	}
}

// contraction notes an English contraction, or two words that could have been one. A possessive is none.
func (h *habits) contraction(list []token, i int) {
	w := list[i].word
	at := strings.IndexByte(w, '\'')
	switch {
	case at > 0 && (strings.HasSuffix(w, "n't") || strings.Contains(" 're 've 'll 'd 'm ", " "+w[at:]+" ") ||
		strings.Contains(" it's that's let's here's there's what's who's he's she's ", " "+w+" ")):
		h.contracted = append(h.contracted, list[i].Range)
	case w == "cannot":
		h.written = append(h.written, list[i].Range)
	case i+1 < len(list) && contractible(w, list[i+1].word):
		h.written = append(h.written, prose.Range{Start: list[i].Start, End: list[i+1].End})
	}
}

func contractible(a, b string) bool {
	if b != "not" && b != "is" && b != "are" && b != "have" && b != "will" && b != "am" && b != "us" {
		return false
	}
	for pair := range strings.SplitSeq(couldContract, "|") {
		if first, second, _ := strings.Cut(strings.TrimSpace(pair), " "); first == a && second == b {
			return true
		}
	}
	return false
}
