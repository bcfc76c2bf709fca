package markdown_test

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"vellocity/internal/markdown"
	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/proptest"
)

// Readers get what the author wrote.
func TestHTMLKeepsWhatTheAuthorWrote(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"![a](https://a.test/x.png)", `<img src="https://a.test/x.png" alt="a">`},
		{"![a](http://a.test/x.png)", `<img src="http://a.test/x.png" alt="a">`},
		{"![a](img/x.png)", `<img src="img/x.png" alt="a">`},
		{"![a](/x.png)", `<img src="/x.png" alt="a">`},
		{"![a](data:image/png;base64,AAAA)", "<p>a</p>"},
		{"```js\nx\n```", `<code class="language-js">`},
		{"```c++\nx\n```", `<code class="language-c++">`},
		{"|a|b|c|\n|:-:|--:|:--|\n|1|2|3|", `<td align="center">1</td>` + "\n" + `<td align="right">2</td>` + "\n" + `<td align="left">3</td>`},
		{"[toc](#the-part)\n\n## The part", `<a href="#the-part">toc</a></p>` + "\n" + `<h2 id="the-part">`},
		{"## Für alle 世界!", `<h2 id="für-alle-世界">`},
		{"## One\n\n## One\n\n## One", `<h2 id="one-2">`},
		{"## Part {#own}", `<h2 id="own">Part</h2>`},
		{"## !!!", `<h2 id="part">`},
		{"One<br>two", "One<br>two"},
		{"<p>A sentence.</p>", "<p>A sentence.</p>"},
		{"<figure><img src=\"/x.png\" alt=\"x\"><figcaption>Caption</figcaption></figure>", "<figcaption>Caption</figcaption>"},
		{"<details><summary>More</summary>\n\nThe *rest*.\n\n</details>", "<summary>More</summary>\n<p>The <em>rest</em>.</p>\n</details>"},
		{"<table><tr><td>1</td></tr></table>", "<td>1</td>"},
		{"<div align=\"center\">Middle</div>", `<div align="center">Middle</div>`},
		{"<!-- c -->visible", "visible"},
		{"H<sub>2</sub>O, <kbd>Ctrl</kbd>", "H<sub>2</sub>O, <kbd>Ctrl</kbd>"},
		{"- [x] a\n- [ ] b", `<li><input type="checkbox" disabled="" checked=""> a</li>` + "\n" + `<li><input type="checkbox" disabled=""> b</li>`},
		{"3. three", `<ol start="3">`},
		{"Word[^1]\n\n[^1]: Note", `<a href="#fn:1" class="footnote-ref" role="doc-noteref">1</a>`},
		{"Word[^1]\n\n[^1]: Note", `<li id="fn:1">`},
		{"Word[^2]", "Word[^2]"},
		{"[t](tel:+49301234)", `<a href="tel:+49301234">t</a>`},
		{"[m](mailto:a@b.test)", `<a href="mailto:a@b.test">m</a>`},
		{"[r](/other) [s](other#x)", `<a href="/other">r</a> <a href="other#x">s</a>`},
		{"[f](https://f.test)", `<a href="https://f.test" rel="nofollow noreferrer">f</a>`},
		{"<bdo dir=\"rtl\">abc</bdo> <span lang=\"ar\" dir=\"rtl\">كتب</span>", `<span lang="ar" dir="rtl">كتب</span>`},
	} {
		if got := markdown.HTML(c.source); !strings.Contains(got, c.want) {
			t.Errorf("%q:\n%s\nhas no %s", c.source, got, c.want)
		}
	}
}

func TestAPreviewFetchesNothing(t *testing.T) {
	for source, want := range map[string]string{
		"![a](https://a.test/x.png)":                    `<a href="https://a.test/x.png" rel="nofollow noreferrer">[Image: a]</a>`,
		"![](//a.test/x.png)":                           `>[Image:]</a>`,
		"[![a](https://a.test/x.png)](https://b.test)":  `<a href="https://b.test" rel="nofollow noreferrer">[Image: a]</a>`,
		"<img src=\"https://a.test/x.png\" alt=\"b\">":  "[Image: b]",
		"![a](/\\a.test/x.png)":                         `<img src="/%5Ca.test/x.png" alt="a">`, // our own
		"![a](/files/1.png)":                            `<img src="/files/1.png" alt="a">`,
		"## Findings\n\n[up](#findings) <a name=\"x\">": `<h2 id="text-findings">Findings</h2>` + "\n" + `<p><a href="#text-findings">up</a> <a name="text-x">`,
	} {
		if got := markdown.Preview(source); !strings.Contains(got, want) {
			t.Errorf("%q:\n%s\nhas no %s", source, got, want)
		}
	}
}

// active is what sanitised HTML may never have.
var active = regexp.MustCompile(
	`(?is)<\s*(script|iframe|object|embed|form|button|svg|math|style|link|meta|base|video|` +
		`audio|source|template|body|html|textarea|select|noscript)\b|<[^>]*\s(on\w+|style|srcdoc|formaction)\s*=` +
		`|<[^>]*(href|src|cite)\s*=\s*["']?\s*(javascript|vbscript|data|file|blob):`,
)

// checkHarmless checks that HTML runs nothing and closes what it opens, and nothing else.
func checkHarmless(t interface{ Errorf(string, ...any) }, source, out string) {
	if m := active.FindString(out); m != "" {
		t.Errorf("%q has %q:\n%s", source, m, out)
	}
	var open []string
	z := html.NewTokenizer(strings.NewReader(out))
	for k := z.Next(); k != html.ErrorToken; k = z.Next() {
		name, _ := z.TagName()
		switch n := string(name); {
		case k == html.StartTagToken && !strings.Contains(" br hr img input wbr col area ", " "+n+" "):
			open = append(open, n)
		case k == html.EndTagToken && (len(open) == 0 || open[len(open)-1] != n):
			t.Errorf("%q: </%s> closes %v:\n%s", source, n, open, out)
			return
		case k == html.EndTagToken:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%q leaves %v open:\n%s", source, open, out)
	}
}

func TestHTMLClosesWhatItOpens(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{
			"<div>", "</div>", "<b>", "</b>", "<p>", "</p>", "<a href=\"x\">", "</a>", "<details>", "</article>", "</body>",
			"<script>", "</script>", "<style>", "<table>", "<td>", "</td>", "<br/>", "<b/>", "<img src=x>", "<input type=checkbox>",
			"<svg>", "<textarea>", "</textarea>", "<!--", "-->", "\n\n", "text ", "**", "> ", "- ", "`", "<", ">", "\"", "[^1]", "[^1]: ",
		})
		source := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), "")
		checkHarmless(t, source, markdown.HTML(source))
		checkHarmless(t, source, markdown.Preview(source))
	})
	checkHarmless(t, "deep", markdown.HTML(strings.Repeat("<b>", 2000)+"x"+strings.Repeat("</b>", 1000)))
}

func FuzzHTML(f *testing.F) {
	for _, s := range append(markdowntest.Units(), "<a href=\"java&#09;script:x\">", "<svg/onload=x>", "<img src=x onerror=x>",
		"[a](javascript:x)", "<p/style=x>", "<math><mtext></style><img src=x onerror=x>") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) < 2000 {
			checkHarmless(t, source, markdown.HTML(source))
			checkHarmless(t, source, markdown.Preview(source))
		}
	})
}

func TestSanitisedHTMLCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) {
		if out := markdown.HTML(text); len(out) > 30*len(text)+300_000 {
			t.Errorf("%.20q: %d bytes of HTML", text, len(out))
		}
	})
}
