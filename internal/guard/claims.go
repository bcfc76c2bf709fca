package guard

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// claimRule is one kind of claim with its reason. The rules follow what advertising
// codes have in common (unfair commercial practices, health and green claims, financial
// promotions); they are not legal advice.
type claimRule struct {
	id      string
	reason  string
	pattern *pattern
}

var claimRules = []claimRule{
	{
		"absolute-promise",
		"it promises an outcome that nobody can guarantee. Say what you observed, or what you do about it.",
		compile(
			`(?i)\b(?:guaranteed|guarantees? (?:that |you |to )|risk[- ]free|no[- ]risk|zero[- ]risk|never fails?|cannot fail|foolproof|fail[- ]?safe results|100 ?% (?:safe|secure|effective|satisfaction|guaranteed|accurate))`,
		),
	},
	{"superlative", "it claims to be the best. Name the survey or test behind it, or say what is special instead.",
		compile(
			`(?i)(?:(?:#1|\bno\. ?1|\bnumber (?:1|one))\b|\b(?:the )?best (?:in the world|on the market)|\bworld(?:'|’)?s (?:best|leading|fastest|number one)|\bunbeatable\b|\bunrival+ed\b|\bindustry[- ]leading\b)`,
		)},
	{"absolute-security", "no system is completely secure. Say which measures you take.",
		compile(
			`(?i)\b(?:unhackable|hack[- ]proof|completely secure|totally secure|perfectly (?:safe|secure)|impenetrable|bank[- ]grade security)\b`,
		)},
	{"health", "health claims need approval or proof in most countries. Remove it or use the approved wording.",
		compile(
			`(?i)\b(?:cures?|heals) (?:cancer|diabetes|anxiety|depression|arthritis|any|all|your)\b|\bclinically (?:proven|tested)\b|\bmiracle (?:cure|remedy|drug)\b|\bdetox(?:es|ifies) your\b|\bdoctor[- ]recommended\b|\bno side effects\b|\blose \d+ (?:pounds|kilos|kg|lbs)\b`,
		)},
	{"finance", "promises about returns are regulated. Add the risk and the source, or remove it.",
		compile(
			`(?i)\b(?:guaranteed|assured|certain) (?:returns?|profits?|income)\b|\bdouble your (?:money|income|savings|revenue)\b|\bget rich (?:quick|fast|now|today|from|with|by|in|without)\b|\bfinancial freedom\b|\bpassive income\b|\bcan(?:no|')t lose\b`,
		)},
	{"green", "environmental claims need proof that readers can check. Name the measure and the certificate.",
		compile(
			`(?i)\b(?:eco|environmentally)[- ]friendly\b|\b(?:carbon|climate)[- ](?:neutral|positive|negative)\b|\bzero (?:emissions?|impact|waste)\b|\b100 ?% (?:green|sustainable|natural|recyclable)\b`,
		)},
}

func regulatedClaims(t *target) []domain.Finding {
	var out []domain.Finding
	text := t.words.Text
	taken := cover{size: len(text)}
	for _, rule := range claimRules {
		var places []prose.Range
		for _, r := range t.find(rule.pattern) {
			if !denied(text, r.Start) && !onlyNumbered(text, r) && taken.take(r) {
				places = append(places, r)
			}
		}
		if len(places) > 0 {
			claim := prose.Line(places[0].In(text))
			message := fmt.Sprintf("“%s” is a sensitive claim (%s): %s", claim, rule.id, rule.reason)
			out = append(out, t.finding(domain.SeverityWarning, message, places, nil))
		}
	}
	return out
}

// denied reports whether what starts at the offset is said not to be so: "not guaranteed", "no miracle
// cure", "not a risk-free offer". "Not only guaranteed" is a claim.
func denied(text string, at int) bool {
	words := wordsBefore(text, at, 3)
	for i := len(words) - 1; i >= 0; i-- {
		switch w := strings.ReplaceAll(words[i], "’", "'"); {
		case w == "not", w == "never", w == "without", strings.HasSuffix(w, "n't"), w == "cannot",
			w == "no" && i == len(words)-1:
			return true
		case !strings.Contains(" a an the be is are been any of truly ", " "+w+" "):
			return false
		}
	}
	return false
}

// onlyNumbered reports whether "#1" and its like count things instead of claiming the first place: issue
// #1, Symphony No. 1.
func onlyNumbered(text string, r prose.Range) bool {
	s := strings.ToLower(r.In(text))
	if !strings.HasSuffix(s, "1") && s != "number one" {
		return false
	}
	before, after := wordsBefore(text, r.Start, 1), strings.Fields(strings.ToLower(text[r.End:min(len(text), r.End+24)]))
	first := func(words []string, list string) bool {
		return len(words) > 0 && strings.Contains(list, " "+strings.TrimRight(words[0], ".,;:!?")+" ")
	}
	return !first(before, " the our your world's rated ranked voted america's europe's ") &&
		!first(after, " in for choice solution platform tool provider brand vendor rated worldwide ")
}
