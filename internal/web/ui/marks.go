package ui

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
)

// Marks pass through the renderer as characters of the private use area, which
// Markdown treats as letters: one that opens finding n, one that closes it.
const (
	markOpen  = '\uE100'
	markClose = '\uE200'
	maxMarks  = 0x100
)

// Marked renders Markdown with the findings highlighted. A text that contains such
// characters itself is rendered without marks.
func Marked(md string, findings []domain.Finding, render func(string) string) template.HTML {
	if strings.ContainsFunc(md, isMark) {
		return template.HTML(render(md)) //nolint:gosec // render sanitises
	}
	plain := render(md)
	planted := render(plantMarks(md, findings))
	if stripMarks(planted) != plain {
		findings = harmless(md, findings, plain, render)
		if planted = render(plantMarks(md, findings)); stripMarks(planted) != plain {
			planted = plain
		}
	}
	return template.HTML(wrapMarks(planted, findings)) //nolint:gosec // render sanitises; the marks are ours
}

// fewMarks is how many findings are tried one by one where their marks together
// change what is shown.
const fewMarks = 20

// harmless takes the places out of the findings whose marks would change anything but
// the marks: the text comes first. The findings keep their numbers.
func harmless(md string, findings []domain.Finding, plain string, render func(string) string) []domain.Finding {
	kept := slices.Clone(findings)
	for i := range kept {
		alone := make([]domain.Finding, i+1)
		alone[i] = kept[i]
		if i >= fewMarks || stripMarks(render(plantMarks(md, alone))) != plain {
			kept[i].Matches = nil
		}
	}
	return kept
}

func isMark(r rune) bool { return r >= markOpen && r < markClose+maxMarks }

// span is a range of the text in bytes, End exclusive.
type span struct{ start, end int }

// planted is a change of the source: it replaces a span, which may be empty.
type planted struct {
	span
	with string
}

// plantMarks plants marks where readers see text, and nowhere else: a mark in the
// target of a link would make another address of it, and one before a list's sign
// would make a paragraph of the list.
func plantMarks(md string, findings []domain.Finding) string {
	offsets := byteOffsets(md)
	blocks := markdown.Read(md).Blocks
	var all []planted
	addresses := map[span][]int{} // the findings in addresses that stand in the text
	for n, f := range findings[:min(len(findings), maxMarks)] {
		for _, m := range f.Matches {
			at := span{offsetAt(offsets, m.Start), offsetAt(offsets, m.End)}
			if at.start >= at.end {
				continue
			}
			for _, seen := range seenIn(md, blocks, at) {
				if seen.Kind == markdown.Address {
					addresses[span{seen.Start, seen.End}] = append(addresses[span{seen.Start, seen.End}], n)
					continue
				}
				all = append(all, planted{span{seen.Start, seen.Start}, string(markOpen + rune(n))},
					planted{span{seen.End, seen.End}, string(markClose + rune(n))})
			}
		}
	}
	for at, list := range addresses {
		all = append(all, markedAddress(md, at, list))
	}
	slices.SortStableFunc(all, func(a, b planted) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	return replaced(md, all)
}

// replaced makes the changes, which are sorted. A change within one that came before
// is left out.
func replaced(md string, all []planted) string {
	var out strings.Builder
	from := 0
	for _, p := range all {
		if p.start < from {
			continue
		}
		out.WriteString(md[from:p.start])
		out.WriteString(p.with)
		from = p.end
	}
	out.WriteString(md[from:])
	return out.String()
}

// seenIn returns the parts of a span that readers see. A span in the target of a link
// gives the link's text, which is what they see of it.
func seenIn(md string, blocks []markdown.Block, at span) (seen []markdown.Piece) {
	var last *markdown.Piece // the last text before the span
	for _, b := range blocks {
		for i := range b.Pieces {
			p := b.Pieces[i]
			if p.Kind == markdown.Line || p.Start >= at.end {
				continue
			}
			if p.End <= at.start {
				if strings.TrimSpace(md[p.Start:p.End]) != "" {
					last = &b.Pieces[i]
				}
				continue
			}
			if mailAddress.MatchString(p.Text) {
				p.Kind = markdown.Address
			}
			if p.Kind != markdown.Address { // an address is marked as a whole
				p.Start, p.End = trimmed(md, max(p.Start, at.start), min(p.End, at.end))
			}
			if p.Start < p.End {
				seen = append(seen, p)
			}
		}
	}
	if len(seen) == 0 && last != nil && last.Kind != markdown.Address && linkTarget.MatchString(md[last.End:at.start]) {
		p := *last
		p.Start, p.End = trimmed(md, p.Start, p.End)
		seen = append(seen, p)
	}
	return seen
}

// linkTarget is what stands between the text of a link and a place in its target.
var linkTarget = regexp.MustCompile(`^[*_~` + "`" + `]*\]\(\S*$`)

// mailAddress is a piece of text that is shown as a link to write to.
var mailAddress = regexp.MustCompile(`^\S+@\S+\.\S+$`)

// trimmed shrinks a span so that it neither starts nor ends with white space.
func trimmed(md string, start, end int) (from, until int) {
	text := strings.TrimRight(md[start:end], " \t\r\n")
	return start + len(text) - len(strings.TrimLeft(text, " \t\r\n")), start + len(text)
}

// markedAddress writes an address that stands in the text as a link with marks in its
// text. Beside a mark, it would no longer be taken for an address.
func markedAddress(md string, at span, findings []int) planted {
	address := md[at.start:at.end]
	if at.start > 0 && md[at.start-1] == '<' && at.end < len(md) && md[at.end] == '>' {
		at = span{at.start - 1, at.end + 1}
	}
	target := address
	switch {
	case strings.Contains(address, ":"):
	case strings.Contains(address, "@"):
		target = "mailto:" + address
	default:
		target = "http://" + address
	}
	var before, after string
	for _, n := range findings {
		before += string(markOpen + rune(n))
		after += string(markClose + rune(n))
	}
	with := "[" + before + escaped(address) + after + "](<" + target + ">)"
	return planted{at, with}
}

// escaped writes a text so that Markdown takes none of it for a sign.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// byteOffsets returns where each code point of a text starts, and where it ends.
func byteOffsets(md string) []int {
	offsets := make([]int, 0, len(md)+1)
	for i := range md {
		offsets = append(offsets, i)
	}
	return append(offsets, len(md))
}

// offsetAt returns the offset in bytes of a code point; of the text's end beyond it.
func offsetAt(offsets []int, point int) int { return offsets[max(0, min(point, len(offsets)-1))] }

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
		if tag := z.Token(); tag.Data == "img" && kind != html.TextToken {
			out.WriteString(imageTag(tag))
			continue
		}
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
	tone := ToneOf(findings[n].Severity)
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
