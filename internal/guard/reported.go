package guard

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// The ways in which a text speaks of claims that others make, or that nobody can: warnings, conditions, questions
// whether to believe it.
//
//nolint:gochecknoglobals // tables, put together once
var (
	reportedBefore = branches(words(
		"no such thing",
		"beware of",
		"watch out for",
		"would you believe",
		"do you believe",
		"(?:if|when|whenever|once) (?:someone|somebody|anyone|anybody|they|an? \\pL+) \\pL+",
		"(?:anyone|anybody|someone|people|those|ads?|adverts?|advertisements|scams?|sellers?|firms?|companies|emails?) (?:who|that|which)",
		"(?:ads?|adverts?|sellers?|scammers|advertisers|competitors|they) (?:often |may |must not |may not |should not )?(?:promise|claim|say|offer)",
		"(?:do not|don.t|never) (?:believe|trust|fall for|promise|claim|say|expect|buy)",
		"how to",
		"research\\pL*",
		"(?:try|trying|hopes?|aims?|working|fight|fighting) to",
		"the (?:word|claim|term|phrase|promise)",
		"so etwas wie",
		"wer (?:ihnen |dir )?\\pL+ verspricht",
		"wenn (?:ihnen |dir )?jemand",
		"falls jemand",
		"vorsicht (?:bei|vor)",
		"h.ten sie sich",
		"m.fiez-vous",
		"si (?:quelqu.un|on) (?:vous|te)",
		"se m.fier",
		"desconf\\pL+",
		"si alguien",
		"cuidado con",
		"se qualcuno",
		"diffidate?",
		"attenzione a",
		"als iemand",
		"pas op voor",
		"se algu.m",
		"cuidado com",
	), true)
	reportedAfter = branches(words(
		"(?:is|are|was|were) (?:a |an |just a )?(?:myth|scam|lie|fraud|warning sign|red flag|illegal|forbidden|not allowed)s?",
		"does not exist",
		"gibt es nicht",
		"ist (?:ein mythos|unseriös|verboten)",
		"(?:is a|is not a|are not) (?:word|term|phrase|promise)s?",
		"(?:ist|sind) (?:ein|kein) (?:wort|begriff|versprechen)",
		"est un (?:mot|terme|mythe|mensonge|leurre)",
		"es (?:un|una) (?:palabra|término|mito|mentira|estafa)",
		"è (?:un|una) (?:parola|termine|mito|bugia|truffa)",
		"is (?:een|geen) (?:woord|term|mythe|leugen|belofte)",
		"é (?:um|uma) (?:palavra|termo|mito|mentira|burla|fraude)",
		"n.existe pas",
		"no existe",
		"non esiste",
		"bestaat niet",
		"n.o existe",
		"詐欺",
		"にご注意",
		"と(?:う)?たう",
		"という(?:広告|話|言葉)",
	), true)
)

// reported reports whether a claim is somebody else's, or one that the text warns of: whether such words stand
// before it in the same sentence, or soon after it.
func (t *target) reported(r prose.Range) bool {
	text := t.words.Text
	for i, list := range [][]prose.Range{t.speaking().before, t.speaking().after} {
		at := sort.Search(len(list), func(k int) bool { return list[k].End > r.Start })
		var near prose.Range
		switch {
		case i == 0 && at > 0:
			near = prose.Range{Start: list[at-1].End, End: r.Start}
		case i == 1 && at < len(list) && list[at].Start >= r.End:
			near = prose.Range{Start: r.End, End: list[at].Start}
		default:
			continue
		}
		if most := []int{120, 40}[i]; near.End-near.Start <= most && !strings.ContainsAny(near.In(text), ".!?。\n") {
			return true
		}
	}
	return inName(text, r)
}

// speaks is where the text speaks of claims of others.
type speaks struct{ before, after []prose.Range }

// inName reports whether the claim is the first word of a name of three and more: Guaranteed Rate Field.
func inName(text string, r prose.Range) bool {
	first, _ := utf8.DecodeRuneInString(r.In(text))
	before := prose.Words(strings.ToValidUTF8(text[max(0, r.Start-20):r.Start], ""))
	if !unicode.IsUpper(first) || len(before) == 0 {
		return false
	}
	last, _ := utf8.DecodeRuneInString(before[len(before)-1])
	if !unicode.IsLower(last) || !strings.HasSuffix(text[:r.Start], " ") {
		return false
	}
	after := prose.Words(strings.ToValidUTF8(text[r.End:min(len(text), r.End+30)], ""))
	for i, w := range after[:min(2, len(after))] {
		if c, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(c) || i == 0 && !strings.HasPrefix(text[r.End:], " ") {
			return false
		}
	}
	return len(after) > 1
}
