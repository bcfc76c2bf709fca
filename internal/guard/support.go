package guard

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
	"vellocity/internal/prose"
)

var (
	quotePatterns = branches(
		`“[^”\n]{3,}”|„[^“”\n]{3,}[“”]|«[^»\n]{3,}»|「[^」\n]{3,}」|『[^』\n]{3,}』|‹[^›\n]{3,}›|‚[^‘\n]{3,}‘|(?:^|[\s(])‘(?:[^‘’\n]|’\pL){3,300}’(?:[\s,.;:!?)]|$)|(?:^|[\s(])'(?:[^'\n]|'\pL){20,300}[,.!?]'(?:[\s,.;:!?)]|$)|(?:^|[\s(])"[^"\n]{3,}"`,
		false,
	)
	linkPatterns = branches(`\]\(\s*<?([^)\s>]+)|<([a-z][a-z0-9+.\-]*:[^\s>]+)>|(\bhttps?://[^\s<>()\[\]"]+)`+
		`|(\bwww\.[a-z0-9\-.]+\.[a-z]{2,}[^\s<>()\[\]"]*)`+
		`|(\b[a-z0-9][a-z0-9\-.]*(?:\.com/|\.org/|\.net/|\.info/|\.eu/|\.de/|\.at/|\.fr/|\.es/|\.it/|\.nl/|\.pt/|\.br/|\.uk/|\.jp/|\.shop/)[^\s<>()\[\]"]+)`, false)
	// attribution is the line under a quotation that says who said it.
	attribution = regexp.MustCompile(`^\s*(?:—|–|--|―)\s*\p{L}`)
)

// shortestQuote is how many words a quotation has at least: shorter ones are mostly terms. Each character
// of Chinese and Japanese is a word.
const shortestQuote, shortestHan = 5, 12

// unsupportedQuotes finds quotations that are not in the support word for word. A block quote is one only
// where it says who said it: most are notes.
func unsupportedQuotes(t *target) []domain.Finding {
	if t.unknownSupport() {
		return nil
	}
	var places []prose.Range
	var support string
	taken := cover{size: len(t.Text)}
	add := func(said string, r prose.Range) {
		words := prose.Words(said)
		least := shortestQuote
		if strings.ContainsFunc(
			said,
			func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) },
		) {
			least = shortestHan
		}
		if len(words) < least {
			return
		}
		if support == "" {
			support = " " + plainWords(t.support()) + " "
		}
		if !strings.Contains(support, " "+prose.Fold(strings.Join(words, " "))+" ") && taken.take(r) {
			places = append(places, r)
		}
	}
	for _, r := range t.findAny(quotePatterns()) {
		r = withoutContext(t.words.Text, r)
		if isTitle(t.words.Text, r) {
			continue
		}
		if from, to := t.words.Source(r.Start, r.End); to > from {
			add(r.In(t.words.Text), prose.Range{Start: from, End: to})
		}
	}
	if t.read != nil {
		t.attributed(add)
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{finding(t.Text, domain.SeverityWarning,
		"These words are in no source. Quote what someone said, with the source, "+
			"or remove the quotation marks and say it yourself.", places, shortened)}
}

// withoutContext returns a quotation in single marks without what stands around them to show that they are no
// apostrophes.
func withoutContext(text string, r prose.Range) prose.Range {
	for _, mark := range []string{"‘’", "''"} {
		first, n := utf8.DecodeRuneInString(mark)
		s := r.In(text)
		if i := strings.LastIndex(s, mark[n:]); i > 0 && strings.HasPrefix(strings.TrimLeft(s, " (\n"), string(first)) {
			r.End = r.Start + i + len(mark[n:])
			r.Start += len(s) - len(strings.TrimLeft(s, " (\n"))
			return r
		}
	}
	return r
}

// titled are words after which a quotation is the name of something.
const titled = " page post article book guide report talk chapter section song film movie essay paper title titled called named heading headline " +
	"entitled label button labelled tab menu field message error see read podcast episode course webinar seite artikel buch titel bericht beitrag kapitel " +
	"vortrag leitfaden namens schaltfläche livre rapport titre chapitre intitulé intitulée libro artículo página informe título capítulo titulado " +
	"articolo pagina rapporto titolo intitolato livro artigo relatório intitulado boek artikel pagina rapport titel hoofdstuk "

// isTitle reports whether a quotation is a title: after a word that says so, or with a capital at each
// longer word.
func isTitle(text string, r prose.Range) bool {
	for _, w := range wordsBefore(text, r.Start, 2) {
		if among(titled, afterApostrophe(w)) {
			return true
		}
	}
	long, capitals := 0, 0
	for _, w := range prose.Words(r.In(text)) {
		first, n := utf8.DecodeRuneInString(w)
		if utf8.RuneCountInString(w[n:]) > 2 {
			long++
			if unicode.IsUpper(first) || unicode.IsDigit(first) {
				capitals++
			}
		}
	}
	return long > 1 && capitals == long
}

// attributed passes on the block quotes that say who said them: in their last line, or in a paragraph of
// their own.
func (t *target) attributed(add func(said string, r prose.Range)) {
	blocks := t.read.Blocks
	for i, b := range blocks {
		if !b.Quote || b.Code || len(b.Pieces) == 0 {
			continue
		}
		end := len(b.Pieces)
		for k, p := range b.Pieces {
			if p.Kind == markdown.Line && k+1 < end && attribution.MatchString(b.Pieces[k+1].Text) {
				end = k
				break
			}
		}
		below := i+1 < len(blocks) && blocks[i+1].Quote && attribution.MatchString(blocks[i+1].String())
		if end == len(b.Pieces) && !below {
			continue
		}
		said := markdown.Block{Pieces: b.Pieces[:end]}
		if end > 0 {
			add(said.String(), prose.Range{Start: b.Pieces[0].Start, End: b.Pieces[end-1].End})
		}
	}
}

func plainWords(s string) string {
	return prose.Fold(strings.Join(prose.Words(s), " "))
}

// shorteners are hosts that hide where a link leads.
const shorteners = " bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly "

func unsupportedLinks(t *target) []domain.Finding {
	links := t.addresses()
	if len(links) == 0 {
		return nil
	}
	support := strings.ToLower(t.support())
	byMessage := map[string][]prose.Range{}
	var order []string
	taken, checked := cover{size: len(t.bare)}, map[string]string{}
	for _, r := range links {
		address := r.In(t.bare)
		message, known := checked[address]
		if !known {
			message = linkFault(withScheme(t.bare, r), support, t.unknownSupport())
			checked[address] = message
		}
		if message == "" || !taken.take(r) {
			continue
		}
		if _, ok := byMessage[message]; !ok {
			order = append(order, message)
		}
		byMessage[message] = append(byMessage[message], r)
	}
	var out []domain.Finding
	for _, m := range order {
		out = append(out, finding(t.Text, domain.SeverityWarning, m, byMessage[m], shortened))
	}
	return out
}

// addresses returns where the addresses of links stand in the source.
func (t *target) addresses() (out []prose.Range) {
	var whole []prose.Range // the matches, with the brackets around the addresses
	inside := map[int]prose.Range{}
	for _, p := range linkPatterns() {
		parts := t.inSource.of(p)
		if at, _ := p.whole.get().LiteralPrefix(); at == "" && len(parts) > 0 { // an address has no spaces
			parts = tokens(p.holds[0])(t.bare, nil)
			if len(p.holds) > 1 {
				parts = tokens("/")(t.bare, nil)
			}
		}
		for _, part := range parts {
			for _, l := range p.whole.get().FindAllStringSubmatchIndex(part.In(t.bare), -1) {
				r := firstGroup(l)
				r = prose.Range{Start: part.Start + r.Start, End: part.Start + r.End}
				if r.Start > 0 && strings.IndexByte("/@.-_=", t.bare[r.Start-1]) >= 0 && !strings.Contains(r.In(t.bare), ":") {
					continue // the middle of a longer address or path
				}
				m := prose.Range{Start: part.Start + l[0], End: part.Start + l[1]}
				if old, ok := inside[m.Start]; !ok || old.End < r.End {
					inside[m.Start] = r
				}
				whole = append(whole, m)
			}
		}
	}
	for _, m := range apart(whole) {
		out = append(out, inside[m.Start])
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

// noSource is what is wrong with a link that only the support could explain.
const noSource = "This address is in neither the brief nor the sources."

// bareHost is an address without its scheme, as people write it.
var bareHost = regexp.MustCompile(`(?i)^[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z]{2,}(?:/|$)`)

// withScheme returns the address at a place, with https where people left it out. The target of a link is taken as it
// is: guide.md is a file there.
func withScheme(text string, r prose.Range) string {
	address := strings.TrimRight(r.In(text), ".,;:!?")
	inLink := strings.HasSuffix(strings.TrimRight(text[:r.Start], " <"), "](")
	if !inLink && bareHost.MatchString(address) {
		return "https://" + address
	}
	return address
}

// linkFault says what is wrong with an address; "" if nothing is.
func linkFault(address, support string, unknown bool) string {
	u, err := url.Parse(strings.TrimRight(address, ".,;:!?"))
	if err != nil {
		return "This link is not a valid address. Fix it or remove it."
	}
	host := strings.ToLower(u.Hostname())
	if _, ok := domain.ParseImageRef(address); ok {
		return "" // an image of the item, which another check is about
	}
	switch {
	case u.Scheme == "" && u.Host == "" || u.Scheme == "mailto" || u.Scheme == "tel":
		return ""
	case u.Scheme != "http" && u.Scheme != "https":
		return "Links of this kind do not belong in a text. Use an https address."
	case among(shorteners, host):
		return "A shortened link hides where it leads. Use the full address."
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return "This link leads to an IP address. Use a host name that readers can recognize."
	}
	if !unknown && !hasHost(support, strings.TrimPrefix(host, "www.")) {
		return noSource + " Check that it exists and supports the text, " +
			"or remove it."
	}
	return ""
}

// hasHost reports whether a text names a host: as a whole, or below another one, but not as the end of a longer name.
func hasHost(text, host string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], host)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(host)
		before := start == 0 || !hostByte(text[start-1])
		dotted := end+1 < len(text) && text[end] == '.' && hostByte(text[end+1])
		after := end == len(text) || !hostByte(text[end]) && !dotted
		if before && after {
			return true
		}
		from = end
	}
}

func hostByte(b byte) bool { return b == '-' || isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' }

// afterApostrophe returns a word without the article that French and Italian tie to it: l'article.
func afterApostrophe(w string) string {
	if i := strings.LastIndexAny(w, "'’"); i >= 0 {
		return strings.TrimLeft(w[i:], "'’")
	}
	return w
}
