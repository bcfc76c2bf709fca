package markdown_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"pgregory.net/rapid"

	"vellocity/internal/markdown"
	"vellocity/internal/proptest"
)

func render(t interface{ Fatal(...any) }, m goldmark.Markdown, text string) string {
	var out bytes.Buffer
	if err := m.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestBoundsChangeNoOrdinaryText compares with goldmark as it is.
func TestBoundsChangeNoOrdinaryText(t *testing.T) {
	theirs, ours := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithParserOptions(parser.WithHeadingAttribute()),
	), markdown.New()
	proptest.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom(
			[]string{"> ", "- ", "1. ", "\n", "\n\n", "  ", "a", "word ", "*", "**", "_", "`", "```\n", "[", "]", "(", ")",
				"](", "<", ">", "!", "|", "|-|\n", "# ", "[a]: b\n", "[a]: <b c> 'd'\n", "\\", "&amp;", "http://a.b/c ", "x@y.zz ", "<b>", "[^1]", "[^1]: ", "{#a}", "{", "}", "\"", "é", "\t"},
		)
		text := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "")
		if a, b := render(t, theirs, text), render(t, ours, text); a != b {
			t.Errorf("%q:\n%s\nwant\n%s", text, b, a)
		}
	})
	many := strings.Repeat("[a]: b\n", 300) + "[c]: d\n  'two\nlines'\nand [a] [c]"
	if a, b := render(t, theirs, many), render(t, ours, many); a != b {
		t.Errorf("many definitions:\n%s\nwant\n%s", b, a)
	}
}

func TestDeepNestingIsText(t *testing.T) {
	for unit, tag := range map[string]string{">": "<blockquote>", "> ": "<blockquote>", "- ": "<ul>", "1. ": "<ol>"} {
		out := render(t, markdown.New(), strings.Repeat(unit, 5000)+"the end")
		if n := strings.Count(out, tag); n != markdown.Deepest || !strings.Contains(out, "the end") {
			t.Errorf("%q: %d levels", unit, n)
		}
	}
}

func TestReadTakesATextApart(t *testing.T) {
	const text = "# T\\_x\n\nA **b**&amp;`c` [d](https://e.test) https://f.test/g <https://h.test> i@j.test\n\n" +
		"> q\n\n```go\ncode\n```\n\n<p>w</p>\n"
	r := markdown.Read(text)
	if got := r.View(false).Text; got != "T_x\n\nA b&\uFFFC d \uFFFC \uFFFC i@j.test\n\nq\n\n\uFFFC\n\n\nw\n\n\n" {
		t.Errorf("%q", got)
	}
	if len(r.Links) != 4 || r.Unclosed != -1 {
		t.Errorf("%+v", r)
	}
	for text, want := range map[string]int{"```\na": 0, "a\n\n~~~ go\nb\n": 3, "```\na\n```": -1, "- ```\n  a\n  ```": -1, "```": 0} {
		if got := markdown.Read(text).Unclosed; got != want {
			t.Errorf("%q: a fence is open at %d, want %d", text, got, want)
		}
	}
}

// FuzzRead: every piece lies in the source, pieces are in order within a block, and each part of a view
// leads back to the source.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a *b* `c`\n> d\n\n- e\n\n|a|\n|-|\n|b\\||", "<p>x&amp;y</p>", "&#x41;\\*", "[a][b]\n\n[b]: c", "```\nx", "www.a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		r := markdown.Read(s)
		for _, b := range r.Blocks {
			for _, p := range b.Pieces {
				if p.Start < 0 || p.End <= p.Start || p.End > len(s) {
					t.Fatalf("%+v in %q", p, s)
				}
			}
		}
		for _, v := range []*markdown.View{r.View(false), r.View(true), markdown.PlainView(s)} {
			for i := range v.Text {
				_, n := utf8.DecodeRuneInString(v.Text[i:])
				if from, to := v.Source(i, i+n); from < 0 || to < from || to > len(s) {
					t.Fatalf("%d of %q leads to %d–%d of %q", i, v.Text, from, to, s)
				}
			}
		}
	})
}
