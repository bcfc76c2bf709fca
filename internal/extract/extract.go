// Package extract turns documents from outside into Markdown: text, Markdown, HTML, Word documents (DOCX) and feeds.
// No document costs more than its size, whatever is in it: what is too large, too deep or too many is refused. It
// opens no file and no connection.
package extract

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// Document is what a document says.
type Document struct {
	Title    string // one line; empty where the document has none
	Body     string // Markdown
	Language string // BCP 47 as the document has it, unchecked; empty: it does not say
}

// Unreadable is the error of a document that cannot be read.
type Unreadable struct {
	// Why completes a sentence that begins with the document: "is no Word document".
	Why string
}

// Error returns the sentence.
func (u Unreadable) Error() string { return "The document " + u.Why }

func unreadable(format string, args ...any) error { return Unreadable{fmt.Sprintf(format, args...)} }

// Limits of documents.
const (
	// MaxFile is how many bytes a document may have.
	MaxFile = 20 << 20
	// maxText is how many bytes of text are taken from a document; one with more is refused.
	maxText = 2 << 20
	// maxTags bounds the tags of an HTML document: what reads articles looks at each of them several times.
	maxTags = 50_000
)

// Kinds lists the endings of the files that [File] reads.
func Kinds() []string { return []string{".md", ".txt", ".html", ".docx"} }

// IsPDF reports whether a document is a PDF, which [File] does not read: package pdf/apart does.
func IsPDF(name string, data []byte) bool {
	return bytes.HasPrefix(data, []byte("%PDF-")) || strings.EqualFold(path.Ext(name), ".pdf")
}

// File reads a document. Its kind is decided by its first bytes and the ending of its name.
func File(name string, data []byte) (d Document, err error) {
	ending := strings.ToLower(path.Ext(name))
	switch {
	case len(data) > MaxFile:
		return d, unreadable("has %d bytes, and at most %d are allowed. Split it", len(data), MaxFile)
	case len(bytes.TrimSpace(data)) == 0:
		return d, unreadable("is empty")
	case IsPDF(name, data):
		return d, unreadable("is a PDF, which cannot be read. Save its text as %s", Others())
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		d, err = docx(data)
	case ending == ".html" || ending == ".htm" || ending == ".xhtml":
		d, err = HTML(data, "", "text/html")
	case isText(data):
		d, err = plain(data, ending)
	default:
		return d, unreadable("is of a kind that is not read. Save it as %s", Others())
	}
	if err == nil && d.Title == "" {
		d.Title = TitleOf(name)
	}
	return d, err
}

// Others names the kinds of [Kinds] for a sentence: ".md, .txt, .html or .docx".
func Others() string {
	k := Kinds()
	return strings.Join(k[:len(k)-1], ", ") + " or " + k[len(k)-1]
}

// TitleOf makes a title of a file's name.
func TitleOf(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	return strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(name))
}

// isText reports whether data has no bytes that texts do not have.
func isText(data []byte) bool {
	head := data[:min(len(data), 4096)]
	wide := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
	return wide || !bytes.ContainsRune(head, 0)
}

// plain reads text or Markdown. The first line of Markdown is its title where it is a heading.
func plain(data []byte, ending string) (d Document, err error) {
	text, err := decoded(data, "text/plain")
	if err != nil {
		return d, err
	}
	d.Body = strings.TrimSpace(text)
	if first, rest, _ := strings.Cut(d.Body, "\n"); ending != ".txt" && strings.HasPrefix(first, "# ") {
		d.Title, d.Body = strings.Trim(first, "# \t\r"), strings.TrimSpace(rest)
	}
	return d, tooLong(d)
}

func tooLong(d Document) error {
	if len(d.Body) > maxText {
		return unreadable("has more than %d bytes of text. Split it", maxText)
	}
	if d.Body == "" {
		return unreadable("has no text")
	}
	return nil
}

// decoded returns a text in UTF-8. Without a mark or a statement of the type, what is no UTF-8 is Windows-1252.
func decoded(data []byte, contentType string) (string, error) {
	if utf8.Valid(data) {
		return clean(strings.TrimPrefix(string(data), "\ufeff")), nil
	}
	e, name, _ := charset.DetermineEncoding(data, contentType)
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return "", unreadable("is not in UTF-8, nor in %s", name)
	}
	return clean(strings.TrimPrefix(string(text), "\ufeff")), nil
}

// clean removes the control characters that no text has, and makes line ends those of Unix.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}
