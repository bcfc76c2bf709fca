package wire

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
)

// mostParts is how many posts a thread may have.
const mostParts = 10

var blankLines = regexp.MustCompile(`\n{3,}`)

// PlainText returns an HTML text as a network shows it that knows no formatting: paragraphs
// with an empty line between them, lists with bullets, and the address of a link after its
// words.
func PlainText(source string) string {
	var w plainWriter
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		switch z.Next() {
		case html.ErrorToken:
			text := strings.TrimSpace(blankLines.ReplaceAllString(string(w.out), "\n\n"))
			lines := strings.Split(text, "\n")
			for i := range lines {
				lines[i] = strings.TrimRight(lines[i], " \t")
			}
			return strings.Join(lines, "\n")
		case html.TextToken:
			w.text(html.UnescapeString(string(z.Raw())))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(string(name))
		}
	}
}

type plainWriter struct {
	out     []byte
	href    string // of the link that is open
	label   int    // where its words begin
	numbers []int  // of the lists that are open; 0: bullets
	pre     bool
}

func (w *plainWriter) write(s string) { w.out = append(w.out, s...) }

func (w *plainWriter) text(s string) {
	if strings.TrimSpace(s) == "" && strings.Contains(s, "\n") && !w.pre {
		return // between blocks
	}
	w.write(s)
}

func (w *plainWriter) open(t html.Token) {
	switch t.Data {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "div":
		w.write("\n\n")
	case "pre":
		w.pre = true
		w.write("\n\n")
	case "br", "tr":
		w.write("\n")
	case "td", "th":
		w.write("  ")
	case "ul":
		w.numbers = append(w.numbers, 0)
		w.write("\n\n")
	case "ol":
		first, err := strconv.Atoi(attribute(t, "start"))
		if err != nil || first < 1 {
			first = 1
		}
		w.numbers = append(w.numbers, first)
		w.write("\n\n")
	case "li":
		w.item()
	case "a":
		if href := attribute(t, "href"); strings.HasPrefix(href, "http://") || strings.HasPrefix(href, "https://") {
			w.href, w.label = href, len(w.out)
		}
	}
}

func (w *plainWriter) item() {
	w.write("\n")
	if n := len(w.numbers); n > 0 && w.numbers[n-1] > 0 {
		w.out = fmt.Appendf(w.out, "%d. ", w.numbers[n-1])
		w.numbers[n-1]++
		return
	}
	w.write("• ")
}

func (w *plainWriter) close(name string) {
	switch name {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "div":
		w.write("\n\n")
	case "pre":
		w.pre = false
		w.write("\n\n")
	case "ul", "ol":
		if len(w.numbers) > 0 {
			w.numbers = w.numbers[:len(w.numbers)-1]
		}
		w.write("\n\n")
	case "a":
		if w.href == "" {
			return
		}
		words := strings.TrimSpace(string(w.out[w.label:]))
		if strings.Contains(w.href, strings.TrimSuffix(words, "/")) {
			w.out = append(w.out[:w.label], w.href...) // the words are a part of the address, as "a.test"
		} else {
			w.write(" " + w.href)
		}
		w.href = ""
	}
}

// Thread cuts a text into posts of at most limit characters, as count counts them: between
// paragraphs where it can, else between sentences, else between words. ok is false where that
// takes more than ten.
func Thread(text string, limit int, count func(string) int) (parts []string, ok bool) {
	for text = strings.TrimSpace(text); text != "" && len(parts) <= mostParts; {
		n := cut(text, limit, count)
		parts = append(parts, strings.TrimSpace(text[:n]))
		text = strings.TrimSpace(text[n:])
	}
	return parts, len(parts) <= mostParts
}

// cut returns how many bytes of a text make its first post: the most that fit, back to the
// best place that leaves it half full.
func cut(text string, limit int, count func(string) int) int {
	if count(text) <= limit {
		return len(text)
	}
	fits := 0
	for at := range text { // a longer beginning never counts less
		if at > fits && boundary(text, at) {
			if count(strings.TrimSpace(text[:at])) > limit {
				break
			}
			fits = at
		}
	}
	if fits == 0 { // one word that is longer than a post
		for at := range text {
			if at > 0 && count(text[:at]) > limit {
				break
			}
			fits = at
		}
		return max(fits, utf8.RuneLen([]rune(text)[0]))
	}
	for _, end := range []string{"\n\n", "\n", ". ", "! ", "? ", "。"} {
		if at := strings.LastIndex(text[:fits], end); at > 0 && 2*count(text[:at+len(end)]) >= limit {
			return at + len(end)
		}
	}
	return fits
}

// boundary reports whether a text may be cut before the byte at: after a space, or between
// characters of a script that has none.
func boundary(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	if unicode.IsSpace(before) || unicode.IsSpace(after) {
		return true
	}
	return unicode.In(before, unicode.Han, unicode.Hiragana, unicode.Katakana) &&
		unicode.In(after, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// OfPost returns what a network without formatting loses of a text.
func (c Contents) OfPost() (lost []string) {
	lost = append(lost, "Formatting: headings, bold and italics become plain text.")
	for _, x := range []struct {
		n    int
		what string
	}{
		{c.Images, "image"}, {c.Tables, "table"}, {c.Footnotes, "footnote"}, {c.Code, "code block"},
	} {
		if x.n > 0 && x.what == "image" {
			lost = append(lost, Count(x.n, x.what)+" of other sites: only images of the item are posted.")
		} else if x.n > 0 {
			lost = append(lost, Count(x.n, x.what)+": the words stay, the form does not.")
		}
	}
	return lost
}

// Text returns the post as a network without formatting shows it. Its images are attached, so nothing stands
// in their places.
func (p Post) Text() string {
	if p.Render == nil {
		return PlainText(p.HTML)
	}
	return PlainText(captioned.ReplaceAllString(p.Render(func(domain.ItemImage) string { return attached }), ""))
}

// attached stands for the address of an image that is attached to a post; no host has that name (RFC 2606).
const attached = "https://image.invalid/"

// captioned is an image of the item with its caption.
var captioned = regexp.MustCompile(`<figure><img src="` + attached + `"[^>]*><figcaption>[^<]*</figcaption></figure>`)

// Posts cuts the text of a post into those of a thread, as [Thread] does. A post of images alone has no words.
func (p Post) Posts(limit int, count func(string) int) (parts []string, ok bool) {
	parts, ok = Thread(p.Text(), limit, count)
	if len(parts) == 0 && len(p.Images) > 0 {
		parts = []string{""}
	}
	return parts, ok
}

// PreviewThread returns what a network would show of a post, cut into parts, and with at most so many images.
func PreviewThread(p Post, network string, limit, images int, count func(string) int) Preview {
	parts, ok := p.Posts(limit, count)
	out := Preview{Parts: parts, Lost: append(p.Foreign().OfPost(), LostOfImages(p, images)...)}
	if len(parts) > 1 && ok {
		out.Lost = append(out.Lost, fmt.Sprintf("It is too long for one post, so it becomes a thread of %d.", len(parts)))
	}
	if !ok {
		out.Lost = append(out.Lost, TooLong(network).Message)
	}
	if p.Title != "" && !strings.Contains(p.Text(), p.Title) {
		out.Lost = append(out.Lost, "The title: only the text is posted.")
	}
	return out
}

// TooLong is the fault of a text that would take more posts than a thread may have.
func TooLong(network string) *Fault {
	return Faultf(Refused, "The text takes more than %d posts on %s, which is the most of a thread. Shorten it.",
		mostParts, network)
}
