package guard

import (
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// claimRule is one kind of claim with its reason. The rules follow what advertising
// codes have in common (unfair commercial practices, health and green claims, financial
// promotions); they are not legal advice.
type claimRule struct {
	id      string
	reason  string
	pattern pattern
}

var claimRules = []claimRule{
	{"absolute-promise", "it promises an outcome that nobody can guarantee. Say what you observed, or what you do about it.",
		compile(`(?i)\b(?:guaranteed|guarantees? (?:that |you |to )|risk[- ]free|no[- ]risk|zero[- ]risk|never fails?|cannot fail|foolproof|fail[- ]?safe results|100 ?% (?:safe|secure|effective|satisfaction|guaranteed|accurate))`)},
	{"superlative", "it claims to be the best. Name the survey or test behind it, or say what is special instead.",
		compile(`(?i)(?:#1\b|\bno\. ?1\b|\bnumber one (?:in|for|choice|solution|platform|tool)|\b(?:the )?best (?:in the world|on the market)|\bworld(?:'|’)?s (?:best|leading|fastest|number one)|\bunbeatable\b|\bunrival+ed\b|\bindustry[- ]leading\b)`)},
	{"absolute-security", "no system is completely secure. Say which measures you take.",
		compile(`(?i)\b(?:unhackable|hack[- ]proof|completely secure|totally secure|perfectly (?:safe|secure)|impenetrable|bank[- ]grade security)\b`)},
	{"health", "health claims need approval or proof in most countries. Remove it or use the approved wording.",
		compile(`(?i)\b(?:cures?|heals) (?:cancer|diabetes|anxiety|depression|arthritis|any|all|your)\b|\bclinically (?:proven|tested)\b|\bmiracle (?:cure|remedy|drug)\b|\bdetox(?:es|ifies) your\b|\bdoctor[- ]recommended\b|\bno side effects\b|\blose \d+ (?:pounds|kilos|kg|lbs)\b`)},
	{"finance", "promises about returns are regulated. Add the risk and the source, or remove it.",
		compile(`(?i)\b(?:guaranteed|assured|certain) (?:returns?|profits?|income)\b|\bdouble your (?:money|income|savings|revenue)\b|\bget rich\b|\bfinancial freedom\b|\bpassive income\b|\bcan(?:no|')t lose\b`)},
	{"green", "environmental claims need proof that readers can check. Name the measure and the certificate.",
		compile(`(?i)\b(?:eco|environmentally)[- ]friendly\b|\b(?:carbon|climate)[- ](?:neutral|positive|negative)\b|\bzero (?:emissions?|impact|waste)\b|\b100 ?% (?:green|sustainable|natural|recyclable)\b`)},
}

func regulatedClaims(in Input) []domain.Finding {
	var out []domain.Finding
	var taken []prose.Range
	for _, rule := range claimRules {
		var places []prose.Range
		for _, r := range locations(rule.pattern, in.Text) {
			if !overlaps(r, taken) {
				places, taken = append(places, r), append(taken, r)
			}
		}
		if len(places) > 0 {
			claim := prose.Line(places[0].In(in.Text))
			message := fmt.Sprintf("“%s” is a sensitive claim (%s): %s", claim, rule.id, rule.reason)
			out = append(out, finding(in.Text, domain.SeverityWarning, message, places, nil))
		}
	}
	return out
}
