package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// claimRule is one kind of claim with its reason. The rules follow what advertising
// codes have in common (unfair commercial practices, health and green claims, financial
// promotions); they are not legal advice.
type claimRule struct {
	id     string
	reason string
	// patterns are one for English and one for the other languages: few texts have a claim in either.
	patterns group
}

// sellingWords are adjectives with which sellers claim to be first.
const sellingWords = "trusted|advanced|reliable|powerful|innovative|secure|popular|complete|accurate|efficient|effective|affordable|comprehensive|" +
	"loved|dependable|sophisticated|intuitive|user-friendly|sustainable"

// diseases are words for what a product must not claim to heal, and the ends of such words.
const diseases = "cancers?|tumou?rs?|diabetes|anxiety|depression|insomnia|migraines?|headaches?|eczema|asthma|allergies|acne|rheumatism|" +
	"alzheimer's|parkinson's|dementia|autism|adhd|influenza|colds|covid|infections?|pain|high blood pressure|hypertension|tinnitus|" +
	"obesity|baldness|hair loss|ulcers?|hangovers?|impotence|infertility|ailments?|illness(?:es)?|back pain|[a-z]{2,}itis|[a-z]{3,}iasis|[a-z]{2,}osis"

// The first rule to find a place wins, so the more special ones come first.
var claimRules = []claimRule{
	{
		"finance", "promises about returns are regulated. Add the risk and the source, or remove it.",
		together(
			branches(`(?i)\b(?:guaranteed|assured|certain|risk[- ]free) (?:\w+ )?(?:returns?|profits?|income|gains?|yields?)\b`+
				`|\b(?:returns?|profits?|yields?) (?:are|is) guaranteed\b|\b(?:risk[- ]free|safe) investments?\b`+
				`|\b(?:double|triple|10x) your (?:money|income|savings|revenue|investment|capital)\b`+
				`|\byou(?:'re|’re| are| will be) (?:certain|sure|guaranteed|bound) to (?:earn|profit|make (?:money|a profit)|double|get your money back|recoup)\b`+
				`|\bget rich (?:quick|fast|now|today|from|with|by|in|without)\b|\bfinancial freedom\b|\bpassive income\b`+
				`|\bcan(?:no|')t lose\b|\bmake money (?:fast|while you sleep|in your sleep)\b`+
				`|\bearn (?:up to )?[$€£]\d[\d,.]* (?:a|per|every) (?:day|week|month) (?:from home|without|in your)\b`, true),
			branches(financeWords, true), branches(moneyWords, true),
		),
	},
	{
		"absolute-promise",
		"it promises an outcome that nobody can guarantee. Say what you observed, or what you do about it.",
		together(
			branches(
				`(?i)\b(?:guaranteed|guarantees? (?:that |you |to )|(?:we|i|it|they|which|will|fully|personally|always|and) guarantees? (?:\w+)|risk[- ]free|no[- ]risk|zero[- ]risk|never fails?|cannot fail`+
					`|without (?:any|the slightest|the least) risk(?: (?:at all|whatsoever|to you|for you|involved))?(?:[.,;:!?)—–\n]|$)|(?:no|zero) risk (?:at all|whatsoever|involved|to you|for you)|foolproof|fail[- ]?safe results|100 ?% (?:safe|secure|effective|satisfaction|guaranteed|accurate))`,
				true,
			),
			branches(promiseWords, true), branches(everyoneWords, true), branches(allPassWords, true),
		),
	},
	{
		"superlative", "it claims to be the best. Name the survey or test behind it, or say what is special instead.",
		together(
			branches(`(?i)(?:(?:#1|\bno\. ?1|\bnumber (?:1|one))\b|\b(?:the )?best (?:in the world|on the market|in class)`+
				`|\bworld(?:'|’)?s (?:best|leading|fastest|number one)|\bunbeatable\b|\bunrival+ed\b|\bunmatched\b|\bindustry[- ]leading\b`+
				`|\b(?:the|an?|our|as) (?:[a-z]+(?:'|’)?s?[- ])?leading (?:[a-z]+[- ]){0,2}(?:providers?|suppliers?|platforms?|compan(?:y|ies)`+
				`|solutions?|brands?|vendors?|makers?|tools?|software|manufacturers?|agenc(?:y|ies)|experts?|specialists?|apps?|services?|firms?)\b`+
				`|\b(?:the|our|your) (?:very |world(?:'|’)s )?(?:best|most (?:`+sellingWords+`)|fastest|cheapest|safest|easiest|simplest|smartest) (?:[\w\-]+[- ]){0,4}?`+
				`(?:on the (?:market|planet)|on earth|in the (?:industry|business|world|country)|money can buy|of all time|ever (?:made|built)|anywhere|available today|worldwide)\b`+
				`|\bwe(?:'re|’re| are) (?:simply |still |by far )?the (?:fastest|cheapest|safest|most (?:`+sellingWords+`))\b`+
				`|\bno other [a-z]+ (?:[\w'’\-]+ ){1,6}?(?:better|faster|cheaper|safer|longer|cleaner|more [a-z]+|(?:as|so) (?:well|fast|much|good|little|quickly|safely))\b`+
				`|\b(?:nobody|no one|no other [a-z]+|none of our competitors) (?:else )?(?:[\w'’\-]+ ){1,5}?(?:than (?:we|us)|like (?:we do|us))\b`+
				`|\b(?:better|faster|cheaper|safer|cleaner|stronger|more [a-z]+) than (?:any|every|all) other\b|\bsecond to none\b|\bwithout equal\b)`, true),
			branches(
				`(?i)\b(?:is|are|offers?|remains|delivers?|have|has|get) (?:simply |still |by far |easily |quite simply )?the (?:very )?best(?: [\w\-]+){1,3}`,
				true,
			),
			branches(bestWords, true), branches(priceWords, true),
		),
	},
	{
		"absolute-security", "no system is completely secure. Say which measures you take.",
		together(
			branches(
				`(?i)\b(?:unhackable|hack[- ]proof|(?:completely|totally|absolutely) secure|perfectly (?:safe|secure)|impenetrable`+
					`|bank[- ]grade security)\b`,
				true,
			),
			branches(secureWords, true),
		),
	},
	{
		"health", "health claims need approval or proof in most countries. Remove it or use the approved wording.",
		together(
			branches(
				`(?i)\b(?:cures?|heals?|reverses?|eliminates?) (?:(?:any|all|every|your|even|chronic|the|of|these|most) ){0,2}(?:any|all|your|diseases?|`+diseases+`)\b|\bprevents? (?:cancer|diabetes|alzheimer's|dementia|heart attacks?|strokes?|covid)\b|\bclinically (?:proven|tested)\b`+
					`|\bmiracle (?:cure|remedy|drug)\b|\bdetox(?:es|ifies) your\b|\bdoctor[- ]recommended\b|\b(?:no|without|zero|free (?:of|from)) (?:any )?side[- ]effects\b|\bside[- ]effect[- ]free\b`+
					`|\b(?:lose|shed|drop) (?:up to )?(?:\d+|\w+) (?:pounds|kilos?|kilograms|kg|lbs|stone|inches)\b`,
				true,
			),
			branches(healthWords, true), branches(goneWords, true), branches(fixesWords, true), branches(leavesWords, true),
		),
	},
	{
		"green", "environmental claims need proof that readers can check. Name the measure and the certificate.",
		together(
			branches(`(?i)\b(?:eco|environmentally)[- ]friendly\b|\b(?:carbon|climate)[- ](?:neutral|positive|negative)\b`+
				`|\bzero (?:emissions?|impact|waste)\b|\b100 ?% (?:green|sustainable|natural|recyclable)\b`, true),
			branches(greenWords, true),
		),
	},
}

func regulatedClaims(t *target) []domain.Finding {
	var out []domain.Finding
	text := t.words.Text
	taken := cover{size: len(text)}
	for _, rule := range claimRules {
		var places []prose.Range
		for _, p := range rule.patterns() {
			for _, r := range t.find(p) {
				if !denied(text, r) && !onlyNumbered(text, r) && !harmlessClaim(text, r) && !t.reported(r) && taken.take(r) {
					places = append(places, r)
				}
			}
		}
		slices.SortFunc(places, func(a, b prose.Range) int { return a.Start - b.Start })
		if len(places) > 0 {
			claim := prose.Line(places[0].In(text))
			message := fmt.Sprintf("“%s” is a sensitive claim (%s): %s", claim, rule.id, rule.reason)
			out = append(out, t.finding(domain.SeverityWarning, message, places, nil))
		}
	}
	return out
}

// negations are the words that deny what follows them within a few words; noNouns only right before it.
const (
	negations = " not never without cannot nothing nicht nie nichts kein keine keinen keiner pas jamais rien no nunca nada non mai niente nulla não " +
		"niet nooit geen niets "
	fillers = " a an the be is are been any of truly yet always ever ein eine der die das un une le la el lo o os as het de een " +
		"está están son é são sind bin was wird wäre zijn werd wordt sera n'est è viene als per por "
)

// denied reports whether a claim is said not to be so: "not guaranteed", "no miracle cure", "kein
// garantierter Erfolg". "Not only guaranteed" is a claim.
func denied(text string, r prose.Range) bool {
	after := text[r.End:min(len(text), r.End+36)]
	if i := strings.Index(after, "、"); i >= 0 && !strings.HasSuffix(after[:i], "は") && !strings.HasSuffix(after[:i], "と") {
		after = after[:i] // another clause
	}
	if strings.Contains(after, "ません") || strings.Contains(after, "ではない") ||
		strings.Contains(after, "はない") || strings.Contains(after, "できない") {
		return true
	}
	if deniedForAll(text, r.Start) {
		return true
	}
	words := wordsBefore(text, r.Start, 3)
	for i := len(words) - 1; i >= 0; i-- {
		w := " " + strings.ReplaceAll(words[i], "’", "'") + " "
		switch {
		case w == " no " && i < len(words)-1 && words[len(words)-1] != "está" && words[len(words)-1] != "es":
			return false
		case strings.Contains(negations, w), strings.HasSuffix(w, "n't "):
			return true
		case !strings.Contains(fillers, w):
			return false
		}
	}
	return false
}

// none are words that deny a whole sentence, or a clause after "that", which begins with them.
const none = " no kein keine geen aucun aucune ningún ninguna nessun nessuna nenhum nenhuma few never nobody nothing none neither " +
	"niemand nichts nadie nessuno ninguém niets "

// deniedForAll reports whether the sentence says that nothing is so: "No lock is unhackable", "Nobody can
// guarantee that".
func deniedForAll(text string, at int) bool {
	part := text[max(0, at-100):at]
	if i := strings.LastIndexAny(part, ".!?\n"); i >= 0 {
		part = part[i+1:]
	}
	words := prose.Words(strings.ToLower(strings.ToValidUTF8(part, "")))
	for i, w := range words {
		w = " " + w + " "
		switch first := i == 0 || words[i-1] == "that"; {
		case first && strings.Contains(none, w):
			return true
		case strings.HasPrefix(w, " promise") && i > 0:
			return words[i-1] == "never" || words[i-1] == "not" || strings.HasSuffix(words[i-1], "n't")
		}
	}
	return false
}

// ordinary are nouns of which people say that one is the best without selling it.
const ordinary = " way ways time times place places moment practice practices option options approach thing things part case " +
	"guess predictor source sources day days person people we you they i it he she she's result results fit answer policy month " +
	"year argument test advice medicine start first of one ones known possible example examples idea reason choice if that " +
	"to for at in on interest interests interests. chance price-time friend available seller defence defense teacher evidence bet buy man "

// A warranty: "we guarantee the pump for five years".
var (
	guaranteeWord = regexp.MustCompile(`(?i)guarant|garant|garand`)
	guaranteedFor = regexp.MustCompile(
		`(?i)^[^.!?\n]{0,60}(?:\b(?:for|pour|per|por|für|voor|durante) (?:\d+|\pL+)|\b\d+)[ -](?:years?|months?|ans|mois|jahren?|monaten?|años|meses|anni|mesi|anos|jaar|maanden)\b`,
	)
)

// Who is sure of something makes no claim: "wir sind uns völlig sicher", "completamente seguro de que".
var (
	certain   = regexp.MustCompile(`(?:sicher|segur|sicur|s.r)[a-zé]*$`)
	certainOf = regexp.MustCompile(`^,? (?:dass|que|qu['’]|de que|de qu['’]|che|di [a-z]+re\b|ob)`)
)

const myself = " mir dir sich uns euch suis sommes estoy estamos estou siamo "

func lastWordBefore(text string, at int) string {
	if words := wordsBefore(text, at, 1); len(words) > 0 {
		return words[0]
	}
	return ""
}

// harmlessClaim knows wordings that look like a claim and are none: "the best way is to ask", a warranty for
// a time, a shop that calls itself zero waste, a question.
func harmlessClaim(text string, r prose.Range) bool {
	s := strings.ToLower(r.In(text))
	after := strings.ToLower(text[r.End:min(len(text), r.End+40)])
	next := prose.Words(strings.ToValidUTF8(after, ""))
	switch {
	case certain.MatchString(s) && (certainOf.MatchString(after) || among(myself, lastWordBefore(text, r.Start))):
		return true
	case strings.HasPrefix(s, "no other "):
		return among(" way ways choice option options reason changes place time word explanation ", strings.Fields(s)[2])
	case strings.HasPrefix(s, "zero waste"):
		return len(next) > 0 && among(" shop shops store stores lifestyle living movement group europe ", next[0])
	case guaranteeWord.MatchString(s) && guaranteedFor.MatchString(text[r.End:min(len(text), r.End+90)]):
		return true
	case strings.HasPrefix(s, "garant"), strings.HasPrefix(s, "guaranteed"):
		if !strings.HasPrefix(after, " ") || len(next) < 2 {
			return false
		}
		return isDigit(next[0][0]) || among(" for pour per por für ", next[0]) && isDigit(next[1][0])
	}
	_, best, ok := strings.Cut(s, "the best ")
	if !ok {
		_, best, ok = strings.Cut(s, "the very best ")
	}
	if !ok || strings.HasPrefix(s, "the ") || strings.HasPrefix(s, "we") {
		return false
	}
	words := prose.Words(best)
	if len(words) == 0 || strings.Contains(text[r.Start:sentenceEnd(text, r.End)], "?") {
		return true
	}
	for _, w := range words {
		if among(ordinary, w) {
			return true
		}
	}
	before := wordsBefore(text, r.Start, 2)
	for _, w := range before {
		if among(" which what who whether if ", w) {
			return true
		}
	}
	return false
}

// sentenceEnd returns where the sentence around an offset ends, or the line, within 200 bytes.
func sentenceEnd(text string, at int) int {
	most := min(len(text), at+200)
	if i := strings.IndexAny(text[at:most], ".!?\n"); i >= 0 {
		return at + i + 1
	}
	return most
}

// onlyNumbered reports whether "#1" and its like count things instead of claiming the first place: issue
// #1, Symphony No. 1.
func onlyNumbered(text string, r prose.Range) bool {
	s := strings.ToLower(r.In(text))
	if !strings.HasSuffix(s, "1") && s != "number one" || s[0] >= utf8.RuneSelf {
		return false
	}
	before, after := wordsBefore(text, r.Start, 1), strings.Fields(strings.ToLower(text[r.End:min(len(text), r.End+24)]))
	first := func(words []string, list string) bool {
		return len(words) > 0 && among(list, strings.TrimRight(words[0], ".,;:!?"))
	}
	return !first(before, " the our your world's rated ranked voted america's europe's ") &&
		!first(after, " in for choice solution platform tool provider brand vendor rated worldwide ")
}
