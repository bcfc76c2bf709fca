package guard

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

var (
	injectionPattern = compile(`(?i)\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+)*(?:previous|prior|above|earlier|preceding|foregoing|original)?\s*(?:instructions?|prompts?|rules|guidelines|directions)\b` +
		`|\b(?:reveal|print|show|repeat|output)\s+(?:me\s+)?(?:your|the)\s+(?:system\s+prompt|hidden\s+instructions|initial\s+prompt)` +
		`|\byou\s+are\s+now\s+(?:in\s+)?(?:dan|developer\s+mode|jailbroken|an?\s+unrestricted)\b` +
		`|<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|think|thinking)>|(?m:^\s*#{2,}\s*(?:system|instruction)s?\s*:)|(?m:^\s*(?:system|assistant)\s*:)` +
		`|</?data(?:\s+name="[^"]*")?>`)
	// hiddenPattern matches zero-width characters, direction overrides and tags, but
	// not the joiners of emoji (U+200D) and of Persian (U+200C).
	hiddenPattern = compile(`[\x{200B}\x{2060}\x{FEFF}\x{00AD}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{E0000}-\x{E001F}]+`)

	refusalPattern = compile(`(?i)\bas an? (?:ai|artificial intelligence|large language|language)\b[^.!?\n]*|\bas a large language model\b|\bI(?:'|’)?m (?:just )?an? (?:ai|language model)\b` +
		`|\bI(?:'|’)?m sorry,? but I (?:can(?:'|’)?t|cannot|am unable)\b[^.!?\n]*|\bI (?:can(?:'|’)?t|cannot|am unable to|won(?:'|’)?t) (?:assist|help|comply|provide|create|write|generate|fulfil+)\b[^.!?\n]*` +
		`|\bmy (?:training data|knowledge cut-?off)\b`)
	leftoverPattern = compile(`(?i)(?m)^\s*(?:sure|certainly|of course|absolutely)[,!.]? (?:here(?:'|’)?s|here is|here are|I(?:'|’)?ll)\b[^\n]*|^\s*here(?:'|’)?s? (?:is )?(?:the|your|a|an) (?:[\w\-]+ ){0,4}(?:blog post|article|draft|section|post|outline|rewrite|revised)\b[^\n]*:?\s*$` +
		`|\b(?:let me know if|feel free to ask|I hope this helps|would you like me to)\b[^.!?\n]*[.!?]?`)
	holePattern = compile(`(?i)\[\[needs:[^\]]*\]\]|\[(?:insert|your|company|product|name|date|add|link|placeholder|todo|tbd|xx+)\b[^\]\n]{0,60}\]|\{\{[^}\n]{1,60}\}\}|<(?:insert|your)[^>\n]{1,60}>|\blorem ipsum\b|\bTODO\b|\bTBD\b`)
)

func injectionResidue(in Input) []domain.Finding {
	var out []domain.Finding
	if places := locations(injectionPattern, in.Text); len(places) > 0 {
		out = append(out, finding(in.Text, domain.SeverityBlocking,
			"This reads as an instruction to a model, not as text for readers. Remove it and check where it came from.", places, nil))
	}
	if places := hidden(in.Text); len(places) > 0 {
		out = append(out, finding(in.Text, domain.SeverityBlocking,
			"Invisible characters here can hide instructions. Delete this part and type it again.",
			places, func(string) string { return "(invisible)" }))
	}
	return out
}

// hidden finds invisible characters, except a byte order mark at the start.
func hidden(text string) []prose.Range {
	var out []prose.Range
	for _, r := range locations(hiddenPattern, text) {
		if r.Start > 0 || !strings.HasPrefix(text, "\ufeff") || r.End > 3 {
			out = append(out, r)
		}
	}
	return out
}

// Injection returns the parts of an input that read as instructions to a model: known
// phrases, role markers, invisible characters. It catches only what is known; text from
// outside is always fenced as data as well.
func Injection(text string) []string {
	var out []string
	for _, r := range locations(injectionPattern, text) {
		out = append(out, prose.Line(r.In(text)))
	}
	if len(hidden(text)) > 0 {
		out = append(out, "(invisible characters)")
	}
	return out
}

func refusalText(in Input) []domain.Finding {
	var out []domain.Finding
	for _, c := range []struct {
		pattern pattern
		message string
	}{
		{refusalPattern, "The assistant talks about itself here. Delete or rewrite the sentence."},
		{leftoverPattern, "This is a remark about the text, not part of it. Delete it."},
		{holePattern, "This is a placeholder. Fill it in or delete it."},
	} {
		places := slices.DeleteFunc(locations(c.pattern, in.Text), func(r prose.Range) bool {
			return strings.HasPrefix(in.Text[r.End:], "(") // the text of a link
		})
		if len(places) > 0 {
			out = append(out, finding(in.Text, domain.SeverityBlocking, c.message, places, nil))
		}
	}
	return out
}

// searcher is a pattern, or an expression for which a pattern would not help.
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
