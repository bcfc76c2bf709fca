package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"vellocity/internal/extract"
	"vellocity/internal/extract/pdf"
)

// simple is a PDF of some pages, each with the operators that draw it, as the standard writes them.
func simple(pages ...string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 4+2*i)
	}
	object(fmt.Sprintf("<< /Type /Pages /Count %6d /Kids [%s] >>", len(pages), kids))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, draw := range pages {
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>", 5+2*i))
		object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(draw), draw))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// A page that a browser printed: headings, paragraphs over lines, umlauts.
func TestAPrintedPageBecomesMarkdown(t *testing.T) {
	data, err := os.ReadFile("testdata/returns.pdf")
	if err != nil {
		t.Fatal(err)
	}
	d, err := pdf.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"## Returns and refunds\n\n", "### Late parcels\n\n", "whatever it weighs and wherever", "höchstens zwei Tage – danach",
	} {
		if !strings.Contains(d.Body, want) {
			t.Errorf("lacks %q:\n%s", want, d.Body)
		}
	}
	if d.Title != "Rückgabe" || d.Language != "de" {
		t.Errorf("%q in %q", d.Title, d.Language)
	}
}

func TestLinesBecomeParagraphs(t *testing.T) {
	d, err := pdf.Read(simple(
		"BT /F 18 Tf 72 720 Td (Prices) Tj ET BT /F 11 Tf 72 690 Td (A par-) Tj 0 -13 Td (cel costs ) Tj (7 euros.) Tj "+
			"0 -30 Td (# no heading) Tj ET",
		"BT /F 11 Tf 72 700 Td (Second page.) Tj ET"))
	if err != nil || d.Body != "## Prices\n\nA parcel costs 7 euros.\n\n\\# no heading\n\nSecond page." {
		t.Errorf("%q, %v", d.Body, err)
	}
}

// What cannot be read is refused with what to do.
func TestWhatIsNoTextIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		why  string
	}{
		"scan":    {simple("q 100 0 0 100 0 0 cm Q"), "Run text recognition"},
		"damaged": {[]byte("%PDF-1.7\nnothing"), "damaged"},
		"cut":     {simple("BT (x) Tj ET")[:200], "damaged"},
		"pages":   {bytes.Replace(simple("BT ET"), []byte("/Count      1"), []byte("/Count   9999"), 1), "at most 2000 are read"},
	} {
		_, err := pdf.Read(c.data)
		var u extract.Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Why, c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
