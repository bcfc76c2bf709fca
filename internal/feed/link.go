package feed

import (
	"html"
	"net/url"
	"strings"
)

// absolute resolves the links and images of sanitized HTML against the address of its
// page. The sanitizer writes every attribute with double quotes and escapes quotes in
// texts, so an attribute is found without parsing.
func absolute(text, page string) string {
	base, err := url.Parse(page)
	if err != nil {
		return text
	}
	var b strings.Builder
	for {
		i, attribute := next(text)
		if i < 0 {
			return b.String() + text
		}
		start := i + len(attribute)
		end := strings.IndexByte(text[start:], '"')
		if end < 0 {
			return b.String() + text
		}
		b.WriteString(text[:start])
		b.WriteString(resolved(base, text[start:start+end]))
		text = text[start+end:]
	}
}

// foreignRel is what the sanitizer writes into every link with a host.
const foreignRel = ` rel="nofollow noreferrer"`

// ownLinks takes the mark of foreign links off those that lead to the feed's own host.
func ownLinks(text, base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return text
	}
	href := ` href="` + html.EscapeString(u.Scheme+"://"+u.Host)
	var b strings.Builder
	for {
		i := strings.Index(text, href)
		if i < 0 {
			return b.String() + text
		}
		i += len(href)
		end := strings.IndexByte(text[i:], '>')
		if end < 0 {
			return b.String() + text
		}
		b.WriteString(text[:i])
		tag := text[i : i+end]
		if tag != "" && strings.IndexByte(`"/?#`, tag[0]) >= 0 { // else it is a longer host
			tag = strings.Replace(tag, foreignRel, "", 1)
		}
		b.WriteString(tag)
		text = text[i+end:]
	}
}

// next returns where the next attribute with an address begins, and its beginning.
func next(text string) (at int, attribute string) {
	at = -1
	for _, a := range []string{` href="`, ` src="`} {
		if i := strings.Index(text, a); i >= 0 && (at < 0 || i < at) {
			at, attribute = i, a
		}
	}
	return at, attribute
}

func resolved(base *url.URL, escaped string) string {
	u, err := url.Parse(html.UnescapeString(escaped))
	if err != nil || u.IsAbs() || escaped == "" {
		return escaped
	}
	return html.EscapeString(base.ResolveReference(u).String())
}
