package guard

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

var (
	numberPattern = compile(`[$€£¥]?\s?\d+(?:[.,\x{00A0}\x{202F}]\d+)*(?:\s?(?:%|percent\b|per cent\b|Prozent\b|€|\$|million\b|billion\b|k\b|x\b|×))?`)
	listMark      = compile(`(?m)^\s*\d{1,3}[.)]\s`)
	quotePattern  = compile(`“[^”\n]{3,}”|„[^“”\n]{3,}[“”]|«[^»\n]{3,}»|(?:^|[\s(])"[^"\n]{3,}"`)
	quoteBlock    = compile(`(?m)^> ?.+$`)
	linkPattern   = compile(`\]\(\s*<?([^)\s>]+)|<([a-z][a-z0-9+.\-]*:[^\s>]+)>|(\bhttps?://[^\s<>()\[\]"]+)`)
)

// unsupportedNumbers finds figures that are not in the support. Whole numbers up to ten
// without a unit are counts, not claims; list numbers and those in code and URLs are
// not claims either.
func unsupportedNumbers(in Input) []domain.Finding {
	known := map[string]bool{}
	support := in.support()
	for _, n := range numberPattern.whole.FindAllString(support, -1) {
		known[value(n)] = true
	}
	var places []prose.Range
	skip := append(append(locations(listMark, in.Text), code(in.Text)...), locations(linkPattern, in.Text)...)
	for _, r := range locations(numberPattern, in.Text) {
		s := r.In(in.Text)
		if overlaps(r, skip) || known[value(s)] || counting(s) || partOfWord(in.Text, r) {
			continue
		}
		places = append(places, r)
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{finding(in.Text, domain.SeverityWarning,
		"Neither the brief nor a source gives this figure. Add its source to the facts, or remove it.", places, nil)}
}

// value normalizes a number: no unit, no thousands separators.
func value(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '.' || r == ',' {
			return r
		}
		return -1
	}, s), ".,")
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && len(s)-i-1 != 3 {
		whole := strings.NewReplacer(".", "", ",", "").Replace(s[:i])
		return whole + "." + s[i+1:]
	}
	return strings.NewReplacer(".", "", ",", "").Replace(s)
}

func counting(s string) bool {
	v := strings.TrimSpace(s)
	return len(v) == 1 && unicode.IsDigit(rune(v[0])) || v == "10"
}

// partOfWord reports whether the number belongs to a name such as H2O or B2B.
func partOfWord(text string, r prose.Range) bool {
	before, after := []rune(text[:r.Start]), []rune(text[r.End:])
	return len(before) > 0 && unicode.IsLetter(before[len(before)-1]) ||
		len(after) > 0 && unicode.IsLetter(after[0])
}

// code returns the code blocks and spans of the text.
func code(text string) []prose.Range { return locations(codePattern, text) }

var codePattern = compile("(?s)```.*?```|`[^`\n]+`")

// unsupportedQuotes finds quotations of four or more words that are not in the support
// word for word; shorter ones are mostly terms.
func unsupportedQuotes(in Input) []domain.Finding {
	support := plainWords(in.support())
	var places []prose.Range
	all := append(locations(quotePattern, in.Text), locations(quoteBlock, in.Text)...)
	for _, r := range all {
		said := plainWords(r.In(in.Text))
		if strings.Count(said, " ") < 3 || strings.Contains(" "+support+" ", " "+said+" ") {
			continue
		}
		if !overlaps(r, places) {
			places = append(places, r)
		}
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{finding(in.Text, domain.SeverityBlocking,
		"These words are in no source. Quote what someone said, with the source, "+
			"or remove the quotation marks and say it yourself.", places, shortened)}
}

func plainWords(s string) string {
	return prose.Fold(strings.Join(prose.Words(s), " "))
}

// shorteners are hosts that hide where a link leads.
const shorteners = " bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly "

func unsupportedLinks(in Input) []domain.Finding {
	support := strings.ToLower(in.support())
	byMessage := map[string][]prose.Range{}
	var order []string
	var seen []prose.Range
	for _, l := range linkPattern.FindAllStringSubmatchIndex(in.Text, -1) {
		r := firstGroup(l)
		message := linkFault(r.In(in.Text), support)
		if message == "" || overlaps(r, seen) {
			continue
		}
		seen = append(seen, r)
		if !slices.Contains(order, message) {
			order = append(order, message)
		}
		byMessage[message] = append(byMessage[message], r)
	}
	var out []domain.Finding
	for _, m := range order {
		out = append(out, finding(in.Text, domain.SeverityWarning, m, byMessage[m], shortened))
	}
	return out
}

func firstGroup(l []int) prose.Range {
	for i := 2; i < len(l); i += 2 {
		if l[i] >= 0 {
			return prose.Range{Start: l[i], End: l[i+1]}
		}
	}
	return prose.Range{Start: l[0], End: l[1]}
}

// linkFault says what is wrong with an address; "" if nothing is.
func linkFault(address, support string) string {
	u, err := url.Parse(strings.TrimRight(address, ".,;:!?"))
	if err != nil {
		return "This link is not a valid address. Fix it or remove it."
	}
	host := strings.ToLower(u.Hostname())
	switch {
	case u.Scheme == "" && u.Host == "" || u.Scheme == "mailto" || u.Scheme == "tel":
		return ""
	case u.Scheme != "http" && u.Scheme != "https":
		return "Links of this kind do not belong in a text. Use an https address."
	case strings.Contains(shorteners, " "+host+" "):
		return "A shortened link hides where it leads. Use the full address."
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return "This link leads to an IP address. Use a host name that readers can recognize."
	}
	if !strings.Contains(support, strings.TrimPrefix(host, "www.")) {
		return "This address is in neither the brief nor the sources. Check that it exists and supports the text, " +
			"or remove it."
	}
	return ""
}
