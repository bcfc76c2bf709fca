package content

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// Marks pass through the renderer as characters of the private use area, which
// Markdown treats as letters: one that opens finding n, one that closes it.
const (
	markOpen  = '\uE100'
	markClose = '\uE200'
	maxMarks  = 0x100
)

// marked renders Markdown with the findings highlighted. A text that contains such
// characters itself is rendered without marks.
func marked(md string, findings []domain.Finding, render func(string) string) template.HTML {
	if strings.ContainsFunc(md, isMark) {
		return template.HTML(render(md)) //nolint:gosec // render sanitises
	}
	planted := render(plantMarks(md, findings))
	return template.HTML(wrapMarks(planted, findings)) //nolint:gosec // render sanitises; the marks are ours
}

func isMark(r rune) bool { return r >= markOpen && r < markClose+maxMarks }

// planted is a mark and the code point that it precedes.
type planted struct {
	at int
	r  rune
}

func plantMarks(md string, findings []domain.Finding) string {
	text := []rune(md)
	var marks []planted
	for n, f := range findings {
		if n >= maxMarks {
			break
		}
		for _, m := range f.Matches {
			start, end := trimmed(text, m.Start, m.End)
			if start < end {
				marks = append(marks, planted{start, markOpen + rune(n)}, planted{end, markClose + rune(n)})
			}
		}
	}
	slices.SortStableFunc(marks, func(a, b planted) int { return a.at - b.at })
	var out strings.Builder
	from := 0
	for _, m := range marks {
		out.WriteString(string(text[from:m.at]))
		out.WriteRune(m.r)
		from = m.at
	}
	out.WriteString(string(text[from:]))
	return out.String()
}

// blockSigns make a line a heading, a list item or a quote.
var blockSigns = regexp.MustCompile(`^\s*((#{1,6}|[-*+>]|\d{1,9}[.)])\s+)*`)

// trimmed shrinks a span so that it starts after a line's block signs and ends
// before the line does: a mark must not turn a heading into a paragraph.
func trimmed(text []rune, start, end int) (from, until int) {
	start, end = max(0, start), min(len(text), end)
	if start < end && (start == 0 || text[start-1] == '\n') {
		start += len([]rune(blockSigns.FindString(string(text[start:end]))))
	}
	for end > start && (text[end-1] == '\n' || text[end-1] == ' ') {
		end--
	}
	return start, end
}

// wrapMarks replaces the planted characters with mark elements. It reads the HTML
// token by token and wraps text only, so that elements stay nested as the
// sanitiser left them.
func wrapMarks(src string, findings []domain.Finding) string {
	var out bytes.Buffer
	var open []int
	z := html.NewTokenizer(strings.NewReader(src))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		raw := string(z.Raw())
		if kind != html.TextToken {
			out.WriteString(stripMarks(raw))
			continue
		}
		open = wrapText(&out, raw, open, findings)
	}
}

// wrapText writes one piece of escaped text inside the marks that are open, and
// returns the marks that are open after it.
func wrapText(out *bytes.Buffer, text string, open []int, findings []domain.Finding) []int {
	for len(text) > 0 {
		i := strings.IndexFunc(text, isMark)
		if i < 0 {
			i = len(text)
		}
		writeMarked(out, text[:i], open, findings)
		if text = text[i:]; text == "" {
			break
		}
		r := []rune(text[:3])[0] // these characters take three bytes
		text = text[3:]
		if r < markOpen+maxMarks {
			open = append(open, int(r-markOpen))
		} else {
			n := int(r - markClose)
			open = slices.DeleteFunc(open, func(o int) bool { return o == n })
		}
	}
	return open
}

func writeMarked(out *bytes.Buffer, text string, open []int, findings []domain.Finding) {
	if strings.TrimSpace(text) == "" || len(open) == 0 {
		out.WriteString(text)
		return
	}
	n := open[len(open)-1]
	tone := ui.ToneOf(findings[n].Severity)
	fmt.Fprintf(out, `<mark class="find find-%s" data-finding="%d">%s</mark>`, tone, n+1, text)
}

// stripMarks removes planted characters from a tag. They are there, as they are or
// percent-encoded, when a finding lies within a link's address.
func stripMarks(tag string) string {
	tag = strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, tag)
	return encodedMark.ReplaceAllString(tag, "")
}

// encodedMark is a planted character as it stands in an address.
var encodedMark = regexp.MustCompile(`(?i)%EE%8[4-9AB]%[0-9A-F]{2}`)
