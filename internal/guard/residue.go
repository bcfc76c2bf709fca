package guard

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

var (
	// injectionPattern needs a word that points at earlier instructions, or at those of a model: "override
	// the rules" and "forget all the rules" are what people write.
	injectionPattern = compile(
		`(?i)\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+)*(?:previous|prior|above|earlier|preceding|foregoing|original)\s+(?:instructions?|prompts?|rules|guidelines|directions)\b` +
			`|\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|your\s+)+(?:instructions?|prompts?|guidelines)\b` +
			`|\b(?:ignore|disregard)\s+(?:everything|anything|all(?:\s+of\s+it|\s+that)?|what(?:ever)?)\s+(?:(?:is|was|comes|came|stands|written|said)\s+){0,2}(?:above|before\s+this|so\s+far|up\s+to\s+(?:now|here)|you\s+(?:were|have\s+been)\s+told)\b` +
			`|\b(?:reveal|print|show|repeat|output)\s+(?:me\s+)?(?:your|the)\s+(?:system\s+prompt|hidden\s+instructions|initial\s+prompt)` +
			`|\byou\s+are\s+now\s+(?:in\s+)?(?:dan|developer\s+mode|jailbroken|an?\s+unrestricted)\b` +
			`|(?m:^\s*(?:system|instruction)s?\s*:\s*you\s)|(?m:^\s*assistant\s*:)`,
	)
	// markerPattern are the marks around the turns of a chat. Some read as tags of HTML, so they are looked
	// for in the source.
	markerPattern = compile(
		`<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|think|thinking)>|(?m:^#{2,}\s*(?:(?i:system|instruction)s?)\s*:)|</?data(?:\s+name="[^"]*")?>`,
	)

	refusalPatterns = together(branches(
		`(?i)\bas an (?:ai|artificial intelligence)(?: (?:language )?model| assistant| system)?,? (?:I|my)\b[^.!?\n]*`+
			`|\bas an? (?:large )?language model\b[^.!?\n]*`+
			`|\bI(?:'|’)?(?:m an ai|m just an ai|m only an ai)(?: (?:language )?model| assistant| chatbot)?(?:[.,;:!?\n]|$| (?:and|so|without|trained|developed|created|that)\b)`+
			`|\bI(?:'|’)?m (?:just |only )?a (?:large )?language model(?:[.,;:!?\n]|$| (?:and|so|without|trained|developed|created|that)\b)`+
			`|\bI(?:(?:'|’)?m sorry| apologi[sz]e),? but I(?: (?:can(?:'|’)?t|cannot|am unable to|am not able to|won(?:'|’)?t)|(?:'|’)m (?:not able|unable) to) (?:assist|help|comply|provide|create|write|generate|fulfil+|continue|discuss|share|answer)\b[^.!?\n]*`+
			`|\bI(?: (?:can(?:'|’)?t|cannot|am unable to|am not able to|won(?:'|’)?t)|(?:'|’)m (?:not able|unable) to) (?:comply\b|(?:assist with|assist you with|help with|help you with) (?:that|this|your|such|the)\b|(?:provide|create|write|generate|fulfil+) (?:that|this|such|your|content|the requested|an? (?:blog|article|post|draft|text|response|answer))\b)[^.!?\n]*`+
			`|\bmy (?:training data|knowledge cut-?off)\b`, false,
	), branches(refusalElsewhere, false))
	leftoverPattern = atLine(
		`(?i)(?:(?:sure|certainly|of course|absolutely)[,!.]? (?:here(?:'|’)?s|here is|here are|I(?:'|’)?ll)\b[^\n]*\b(?:blog|post|article|draft|section|outline|rewrite|revised|version|text|summary|introduction|paragraph|copy|e-?mail|write)s?\b[^\n]*|here(?:'|’)?s? (?:is )?(?:the|your|a|an) (?:[\w\-]+ ){0,4}(?:blog post|article|draft|section|post|outline|rewrite|revised)\b[^\n]*:[ \t]*$)`,
	)
	// closingPatterns are what an assistant says last; elsewhere people say it.
	closingPatterns = together(branches(
		`(?i)\b(?:let me know if you(?:(?:'|’)d| would)? (?:need|want|like) (?:any|further|more|me to|changes|adjustments|revisions|edits|another|a (?:different|shorter|longer)|this|it|to)\b|feel free to ask (?:me |for |if )|I hope this helps|would you like me to)\b[^.!?\n]*[.!?]?`,
		false,
	), branches(closingElsewhere, false), branches(offers, false), branches(asides, false))
	holePatterns = together(branches(
		`(?i)\[\[needs:[^\]\n]*\]\]|\[(?:insert|your|company|product|name|date|add|link|placeholder|todo|tbd|xx+)\b[^\]\n]{0,60}\]|\[(?:[a-z'’]{1,20}[ _-]){0,3}(?:name|date|address|e-?mail|phone|number|company|city|venue|amount|location|product|price|title|url|website|role|position|department)(?: (?:here|of [a-z ]{1,20}))?\]|\{\{[^}\n]{1,60}\}\}|\{(?:first|last|full|company|customer|user)?[ _-]?name\}|%[A-Z][A-Z_]{3,24}%|\*\|[A-Z_:]{3,30}\|\*|<<[a-z][a-z _-]{2,30}>>|__[a-z]{3,}_?name__|\blorem ipsum\b`,
		false,
	), branches(holeElsewhere, false), namedHoles)
	// dutyPattern finds TODO and TBD in capitals where they stand for something missing: first in a line,
	// after a bracket, colon or bar, or as the last word. "Todo" is Spanish, and there are TODO apps.
	dutyPattern = compile(`(?m)(?:^|[\[(:|]) ?(?:TODO(?:[:)\]!. ]|$)|TBD\b)|\bTBD(?:[.)\]|]|$)`)
)

func injectionResidue(t *target) []domain.Finding {
	var out []domain.Finding
	places := sources(t.words, t.find(injectionPattern))
	places = append(places, sources(t.words, t.findAny(injectionElsewhere()))...)
	places = append(places, locationsIn(markerPattern, t.bare, t.inSource.of(markerPattern))...)
	if len(places) > 0 {
		out = append(out, finding(
			t.Text,
			domain.SeverityWarning,
			"This reads as an instruction to a model, not as text for readers. Remove it and check where it came from.",
			places,
			nil,
		))
	}
	if leaks := append(t.find(promptPattern), t.leaked()...); len(leaks) > 0 {
		out = append(out, t.finding(domain.SeverityWarning,
			"These are instructions to the model that wrote the text. Delete them.", apart(leaks), shortened))
	}
	hidden, single := invisible(t.Text)
	shown := func(string) string { return "(invisible)" }
	if len(hidden) > 0 {
		out = append(out, finding(t.Text, domain.SeverityWarning,
			"Invisible characters here can hide instructions. Delete this part and type it again.", hidden, shown))
	}
	if len(single) > 0 {
		out = append(out, finding(t.Text, domain.SeverityInfo,
			"There are invisible characters between these letters. They do no harm, but words with them are not found: "+
				"delete them unless you put them there.", single, shown))
	}
	return out
}

// invisible finds characters that show nothing. Three and more in a row, tags outside a flag's emoji, and
// overrides of direction can carry a message: those are hidden. Single ones that editors leave behind
// between Latin letters are harmless; soft hyphens, joiners, isolates, and zero-width spaces in scripts
// that use them belong to the text.
func invisible(text string) (hidden, single []prose.Range) {
	start, run := -1, 0
	var before rune
	rtl := sync.OnceValue(func() bool { return strings.ContainsFunc(text, rightToLeft) })
	flush := func(end int, after rune) {
		r := prose.Range{Start: start, End: end}
		if start >= 0 {
			switch part := r.In(text); {
			case before == '🏴' && strings.HasSuffix(part, "\U000E007F"): // the flag of a region
			case run >= 3 && !joinsOnly(part), carries(part, rtl()):
				hidden = append(hidden, r)
			case start > 0 && strings.ContainsAny(part, "\u200b\u2060\ufeff") && latin(before) && latin(after):
				single = append(single, r)
			}
		}
		start, run = -1, 0
	}
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		switch {
		case r >= utf8.RuneSelf:
			r, n = utf8.DecodeRuneInString(text[i:])
		case start < 0:
			before = r
			i++
			continue
		}
		if r >= utf8.RuneSelf && shows(r) {
			if start < 0 {
				start = i
			}
			run++
		} else {
			flush(i, r)
			before = r
		}
		i += n
	}
	flush(len(text), 0)
	return hidden, single
}

// shows reports whether r is of the characters that show nothing; what chooses the form of an emoji is none.
func shows(r rune) bool {
	switch {
	case r == 0xAD, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069, r == 0xFEFF,
		r >= 0xE0000 && r <= 0xE007F:
		return true
	}
	return false
}

// carries reports whether one character of s is enough to hide something.
func carries(s string, rtl bool) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r == 0x202D || r == 0x202E || r >= 0xE0000 && r <= 0xE007F || r >= 0x202A && r <= 0x202C && !rtl
	})
}

// joinsOnly reports whether s is marks of direction, which pile up where texts are pasted.
func joinsOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != 0x200E && r != 0x200F && (r < 0x2066 || r > 0x2069)
	})
}

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Cyrillic, r) }

func rightToLeft(r rune) bool {
	return r >= 0x590 && r <= 0x8FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC
}

// Injection returns the parts of an input that read as instructions to a model: known
// phrases, role markers, invisible characters. It catches only what is known; text from
// outside is always fenced as data as well.
func Injection(text string) []string {
	var out []string
	may := wordGate().scan(text)
	for _, p := range []*pattern{injectionPattern, markerPattern} {
		if !may.any(p) {
			continue
		}
		for _, r := range locations(p.whole.get(), text) {
			out = append(out, prose.Line(r.In(text)))
		}
	}
	if hidden, _ := invisible(text); len(hidden) > 0 {
		out = append(out, "(invisible characters)")
	}
	return out
}

func refusalText(t *target) []domain.Finding {
	var out []domain.Finding
	// What a model says instead of the text must not be published; a person may write about it.
	certain := domain.SeverityBlocking
	if t.Edited {
		certain = domain.SeverityWarning
	}
	if places := t.findAny(refusalPatterns()); len(places) > 0 {
		out = append(out, t.finding(certain,
			"The assistant talks about itself here. Delete or rewrite the sentence.", places, nil))
	}
	if places := t.findAny(unknown()); len(places) > 0 {
		out = append(out, t.finding(domain.SeverityWarning,
			"This sounds like an assistant that says what it cannot know. Delete or rewrite the sentence.", places, nil))
	}
	if places := apart(slices.Concat(
		t.find(leftoverPattern), t.find(leftoverElsewhere), t.findAny(introductions()), t.closing(),
	)); len(places) > 0 {
		out = append(out, t.finding(domain.SeverityWarning,
			"This is a remark about the text, not part of it. Delete it.", places, nil))
	}
	var needs, holes []prose.Range
	for _, r := range t.holes() {
		if strings.HasPrefix(r.In(t.Text), "[[") {
			needs = append(needs, r)
		} else {
			holes = append(holes, r)
		}
	}
	const message = "This is a placeholder. Fill it in or delete it."
	if len(needs) > 0 {
		out = append(out, finding(t.Text, certain, message, needs, nil))
	}
	if len(holes) > 0 {
		out = append(out, finding(t.Text, domain.SeverityWarning, message, holes, nil))
	}
	return out
}

// told is in what somebody of the text says: "I can alter the length of your skirt, says the tailor".
var told = regexp.MustCompile(
	`(?i), (?:\pL+ )?(?:says|said|smiles|laughs|sagt|erzählt|lacht|meint|verrät|dit|raconte|sourit|explique|dice|cuenta|ríe|explica|racconta|grida|spiega|ride|zegt|vertelt|lacht|diz|conta|ri-se)(?:[ ,.!?]|$)|と(?:話|言|語|笑)`,
)

// closing finds what an assistant says last, in the last paragraph.
func (t *target) closing() []prose.Range {
	text := strings.TrimRight(t.words.Text, " \n")
	last := strings.LastIndex(text, "\n\n")
	var out []prose.Range
	var near []*pattern
	for _, p := range closingPatterns() {
		// Only what is in the last paragraph counts, so only there is it worth a search.
		if parts := t.inWords.of(p); len(parts) > 0 && parts[len(parts)-1].End > last {
			near = append(near, p)
		}
	}
	for _, r := range t.findAny(near) {
		if r.Start > last && !told.MatchString(r.In(text)) {
			out = append(out, r)
		}
	}
	return out
}

// holes finds placeholders, as ranges of the source.
func (t *target) holes() []prose.Range {
	var out []prose.Range
	text := t.words.Text
	closed := sync.OnceValue(func() []prose.Range { return bracketed(t.unbroken) })
	for _, p := range holePatterns() {
		if p.inBrackets() && t.inWords.any(p) {
			t.inWords.within(p, closed())
		}
	}
	for _, r := range t.findAny(holePatterns()) {
		before, _ := utf8.DecodeLastRuneInString(text[:r.Start])
		after, _ := utf8.DecodeRuneInString(text[r.End:])
		bracket := text[r.Start] == '[' && !strings.HasPrefix(text[r.Start:], "[[")
		if bracket && (inWord(before) || after == '(' || after == '[' || after == ':') {
			continue // row[name], or a reference that has no definition
		}
		if bracket && (fieldAfter.MatchString(text[r.End:min(len(text), r.End+20)]) || inForm(text, r)) {
			continue // a form's field
		}
		if among(" [data] [local] ", strings.ToLower(r.In(text))) && !hasAnyPrefix(t.language(), "it", "pt") {
			continue // words of English
		}
		out = append(out, r)
	}
	for _, r := range t.find(dutyPattern) {
		if w := strings.Index(r.In(text), "T"); w >= 0 && !todoThing(text[r.Start+w:]) {
			word := prose.Range{Start: r.Start + w, End: r.Start + w + 3}
			if strings.HasPrefix(text[word.Start:], "TODO") {
				word.End++
			}
			out = append(out, word)
		}
	}
	for _, r := range t.blanks() {
		if !roman(text, r) {
			out = append(out, r)
		}
	}
	out = sources(t.words, out)
	if t.read != nil {
		for _, tag := range t.read.Tags {
			s := strings.ToLower(t.Text[tag[0]:min(tag[1], tag[0]+62)])
			if strings.HasPrefix(s, "<insert") || strings.HasPrefix(s, "<your") {
				out = append(out, prose.Range{Start: tag[0], End: tag[1]})
			}
		}
	}
	return out
}

// fieldAfter follows the name of a field, a tag or a variable.
var fieldAfter = regexp.MustCompile(
	`^ (?:fields?|columns?|tags?|placeholders?|parameters?|variables?|keys?|buttons?|options?|elements?)\b`,
)

// blanks finds capital X in the place of something. Every text has an x, so the gate is of no use here.
func (t *target) blanks() []prose.Range {
	for _, s := range []string{"XX", "$X", "€X", "£X", "$ X", "€ X", "£ X"} {
		if strings.Contains(t.words.Text, s) {
			return slices.DeleteFunc(locations(blankPattern, t.words.Text), func(r prose.Range) bool {
				return !wholeWords(t.words.Text, r)
			})
		}
	}
	return nil
}

// roman reports whether XXX is the number of something: Super Bowl XXX, Psalm XXX, size XXX.
func roman(text string, r prose.Range) bool {
	if r.In(text) != "XXX" {
		return false
	}
	before := strings.TrimRight(text[:r.Start], " ")
	if before == "" || !strings.HasSuffix(text[:r.Start], " ") {
		return false
	}
	word := before[strings.LastIndexAny(before, " \n")+1:]
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && strings.ContainsAny(before, " ") ||
		among(" psalm bowl chapter size part volume title louis ", strings.ToLower(word))
}

// apart drops the ranges that overlap one before them.
func apart(places []prose.Range) []prose.Range {
	slices.SortFunc(places, func(a, b prose.Range) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	out := places[:0]
	for _, r := range places {
		if len(out) == 0 || r.Start >= out[len(out)-1].End {
			out = append(out, r)
		}
	}
	return out
}

// todoThing reports whether TODO names a kind of thing here: a TODO list.
func todoThing(s string) bool {
	rest, ok := strings.CutPrefix(s, "TODO ")
	if !ok {
		return false
	}
	for _, thing := range []string{"list", "app", "item", "comment", "note", "tool"} {
		if strings.HasPrefix(rest, thing) {
			return true
		}
	}
	return false
}

// searcher is an expression.
type searcher interface {
	FindAllStringIndex(text string, n int) [][]int
}

func locations(p searcher, text string) []prose.Range {
	var out []prose.Range
	for _, l := range p.FindAllStringIndex(text, -1) {
		s := text[l[0]:l[1]]
		left := len(s) - len(strings.TrimLeft(s, " \n\t"))
		right := len(strings.TrimRight(s, " \n\t"))
		if right > left {
			out = append(out, prose.Range{Start: l[0] + left, End: l[0] + right})
		}
	}
	return out
}
