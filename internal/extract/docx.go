package extract

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Limits of a Word document (ECMA-376, part 1): a zip file of XML files.
const (
	maxEntries = 1000
	maxPart    = 50 << 20 // bytes of one file inside, unpacked
	maxRatio   = 200      // how many times its packed size a file inside may have, beyond the first MiB
)

// docx reads the paragraphs, headings, lists, tables and links of a Word document. Pictures, notes and comments are
// left out.
func docx(data []byte) (d Document, err error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return d, unreadable("is a damaged Word document, or none")
	}
	if len(z.File) > maxEntries {
		return d, unreadable("is a Word document of %d parts, and at most %d are read", len(z.File), maxEntries)
	}
	r := docxReader{styles: map[string]int{}, links: map[string]string{}}
	document := part(z, "word/document.xml")
	if document == nil {
		return d, unreadable("is no Word document: it has no word/document.xml")
	}
	for _, p := range []struct {
		file  *zip.File
		start func(xml.StartElement)
	}{{part(z, "word/styles.xml"), r.style}, {part(z, "word/_rels/document.xml.rels"), r.relation}} {
		if err := elements(p.file, p.start, nil, nil); err != nil {
			return d, err
		}
	}
	if err := elements(document, r.start, r.end, r.text); err != nil {
		return d, err
	}
	d.Body = strings.TrimSpace(clean(r.out.String()))
	if first, rest, _ := strings.Cut(d.Body, "\n"); strings.HasPrefix(first, "# ") {
		d.Title, d.Body = line(first[2:]), strings.TrimSpace(rest)
	}
	return d, tooLong(d)
}

func part(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if f.Name == name {
			return f
		}
	}
	return nil
}

var errLong = unreadable("has more than %d bytes of text. Split it", maxText)

// elements calls the functions with what is in an XML file, within bounds. A file that is not there has nothing in it.
func elements(f *zip.File, start func(xml.StartElement), end func(string), text func(string) bool) error {
	if f == nil {
		return nil
	}
	most := min(int64(maxPart), 1<<20+maxRatio*int64(f.CompressedSize64))
	damaged := unreadable("is a damaged Word document: %s cannot be read", f.Name)
	r, err := f.Open()
	if err != nil {
		return damaged
	}
	defer r.Close()
	limited := &io.LimitedReader{R: r, N: most}
	d := xml.NewDecoder(limited)
	for depth := 0; ; {
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF) && limited.N > 0:
			return nil
		case limited.N <= 0:
			return unreadable("is a Word document whose %s is too large when it is unpacked", f.Name)
		case err != nil:
			return damaged
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > 500 {
				return unreadable("is a Word document that nests its parts too deeply")
			}
			start(t)
		case xml.EndElement:
			if depth--; end != nil {
				end(t.Name.Local)
			}
		case xml.CharData:
			if text != nil && !text(string(t)) {
				return errLong
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// docxReader writes Markdown while it reads.
type docxReader struct {
	styles map[string]int    // id of a style: the level of its headings; 0: none
	links  map[string]string // id of a relation: the address
	now    string            // the style that is read

	out       strings.Builder
	paragraph strings.Builder
	level     int    // of the heading; 0: none
	list      int    // depth in a list, from 1; 0: none
	link      string // the address of the link that is open
	bold      bool
	inText    bool // within w:t
	cell      int  // of the row that is open, from 1; 0: no table
	rows      int  // of the table that is open
	tables    int  // that are open
	wasList   bool
}

// style notes which styles are headings: by their name, which is English in each language of Word.
func (r *docxReader) style(e xml.StartElement) {
	switch e.Name.Local {
	case "style":
		r.now = attribute(e, "styleId")
	case "name":
		name := strings.ToLower(attribute(e, "val"))
		if name == "title" {
			r.styles[r.now] = 1
		}
		if n, err := strconv.Atoi(strings.TrimPrefix(name, "heading ")); err == nil && n >= 1 && n <= 6 {
			r.styles[r.now] = n
		}
	}
}

func (r *docxReader) relation(e xml.StartElement) {
	if e.Name.Local == "Relationship" && attribute(e, "TargetMode") == "External" {
		r.links[attribute(e, "Id")] = attribute(e, "Target")
	}
}

func (r *docxReader) start(e xml.StartElement) {
	switch e.Name.Local {
	case "p":
		r.level, r.list, r.bold = 0, 0, false
		if r.cell == 0 {
			r.paragraph.Reset()
		}
	case "pStyle":
		id := attribute(e, "val")
		if r.level = r.styles[id]; r.level == 0 && len(r.styles) == 0 && strings.HasPrefix(id, "Heading") {
			r.level, _ = strconv.Atoi(id[len("Heading"):])
			r.level = min(max(r.level, 0), 6)
		}
	case "ilvl":
		n, _ := strconv.Atoi(attribute(e, "val"))
		r.list = min(max(n, 0), 8) + 1
	case "numId":
		if r.list == 0 && attribute(e, "val") != "0" {
			r.list = 1
		}
	case "hyperlink":
		if r.link = r.links[attribute(e, "id")]; r.link != "" {
			r.paragraph.WriteString("[")
		}
	case "t":
		r.inText = true
	case "br", "cr":
		r.paragraph.WriteString(" ")
	case "tab":
		r.paragraph.WriteString(" ")
	case "tbl":
		r.tables++
		r.rows = 0
	case "tr":
		r.paragraph.Reset()
		r.cell = 0
	case "tc":
		r.cell++
		r.paragraph.WriteString("| ")
	}
}

// markup are the characters of a text that Markdown would read as more.
var markup = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`,
	"|", `\|`, "\n", " ")

// address are the characters of an address that would end a link.
var address = strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "\n", "")

func (r *docxReader) text(s string) bool {
	if r.inText {
		r.paragraph.WriteString(markup.Replace(s))
	}
	return r.out.Len()+r.paragraph.Len() <= maxText
}

func (r *docxReader) end(name string) {
	switch name {
	case "t":
		r.inText = false
	case "hyperlink":
		if r.link != "" {
			r.paragraph.WriteString("](" + address.Replace(r.link) + ")")
			r.link = ""
		}
	case "p":
		if r.cell > 0 {
			r.paragraph.WriteString(" ")
		} else {
			r.endParagraph()
		}
	case "tr":
		r.endRow()
	case "tbl":
		r.tables--
		r.out.WriteString("\n")
		r.cell = 0
	}
}

func (r *docxReader) endParagraph() {
	text := strings.TrimSpace(r.paragraph.String())
	r.paragraph.Reset()
	if text == "" {
		return
	}
	if r.wasList && r.list == 0 {
		r.out.WriteString("\n")
	}
	r.wasList = r.list > 0
	switch {
	case r.level > 0:
		r.out.WriteString(strings.Repeat("#", r.level) + " " + text + "\n\n")
	case r.list > 0:
		r.out.WriteString(strings.Repeat("  ", r.list-1) + "- " + text + "\n")
	default:
		r.out.WriteString(begins(text) + "\n\n")
	}
}

// begins keeps a paragraph from being read as a heading, a list or a quotation.
func begins(text string) string {
	if strings.ContainsRune("#>+-=~", rune(text[0])) {
		return `\` + text
	}
	rest := strings.TrimLeft(text, "0123456789")
	if len(rest) < len(text) && (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")) {
		return text[:len(text)-len(rest)] + `\` + rest
	}
	return text
}

// endRow writes a row of a table. The first one is its head.
func (r *docxReader) endRow() {
	if r.cell == 0 {
		return
	}
	if r.rows == 0 {
		r.out.WriteString("\n")
	}
	r.out.WriteString(strings.Join(strings.Fields(r.paragraph.String()), " ") + " |\n")
	if r.rows++; r.rows == 1 {
		r.out.WriteString(strings.Repeat("|---", min(r.cell, 100)) + "|\n")
	}
	r.paragraph.Reset()
	r.cell = 0
}
