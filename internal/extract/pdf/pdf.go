// Package pdf reads the text of PDFs as Markdown. The library behind it can be driven to run without end, or to fill
// the stack, which no Go program survives; so nothing but the child process of package apart calls it.
package pdf

import (
	"bytes"
	"fmt"
	"strings"

	lib "github.com/ledongthuc/pdf"

	"vellocity/internal/extract"
)

const (
	// MaxPages is how many pages a document may have.
	MaxPages = 2_000
	// maxText is how many bytes of text are taken; a document with more is refused.
	maxText = 2 << 20
)

// Read reads a PDF. Headings are guessed from the sizes of letters, paragraphs from the space between lines. A document
// whose pages are pictures, or that needs a password, is refused.
func Read(data []byte) (d extract.Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = extract.Unreadable{Why: "is a damaged PDF"}
		}
	}()
	r, err := lib.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		if strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "encrypt") {
			return d, extract.Unreadable{Why: "needs a password. Save a copy without one"}
		}
		return d, extract.Unreadable{Why: "is a damaged PDF"}
	}
	pages := r.NumPage()
	if pages > MaxPages {
		return d, extract.Unreadable{Why: fmt.Sprintf("has %d pages, and at most %d are read. Split it", pages, MaxPages)}
	}
	var lines []line
	size := 0
	for n := 1; n <= pages; n++ {
		for _, l := range linesOf(r.Page(n).Content().Text, n) {
			if size += len(l.text) + 1; size > maxText {
				return d, extract.Unreadable{Why: fmt.Sprintf("has more than %d bytes of text. Split it", maxText)}
			}
			lines = append(lines, l)
		}
	}
	d.Body = markdown(lines)
	if strings.TrimSpace(d.Body) == "" {
		return d, extract.Unreadable{Why: "has no text, only pictures of it. Run text recognition over it first"}
	}
	info := r.Trailer().Key("Info")
	d.Title = strings.Join(strings.Fields(info.Key("Title").Text()), " ")
	d.Language = r.Trailer().Key("Root").Key("Lang").Text()
	return d, nil
}
