package markdown_test

import (
	"strings"
	"testing"

	"vellocity/internal/markdown"
)

func TestNamedImagesGetTheirAddresses(t *testing.T) {
	resolve := func(address string) (markdown.Image, bool) {
		switch address {
		case "image:1":
			return markdown.Image{Address: "../images/a.png", Alt: `A "dog" & <b>cat</b>`, Caption: "<i>Who</i> & why"}, true
		case "image:2":
			return markdown.Image{Address: "/images/2/file", Alt: "Two"}, true
		}
		return markdown.Image{}, false
	}
	for source, want := range map[string]string{
		"![](image:1)": `<figure><img src="../images/a.png" alt="A &#34;dog&#34; &amp; &lt;b&gt;cat&lt;/b&gt;">` +
			"<figcaption>&lt;i&gt;Who&lt;/i&gt; &amp; why</figcaption></figure>\n",
		"![Own *words*](image:2)":      `<p><img src="/images/2/file" alt="Own words"></p>` + "\n",
		"Text ![](image:1) text":       `<p>Text <img src="../images/a.png" alt="A &#34;dog&#34; &amp; &lt;b&gt;cat&lt;/b&gt;"> text</p>` + "\n",
		"![Gone](image:3)":             "<p>Gone</p>\n",
		"![Named][i]\n\n[i]: image:2":  `<p><img src="/images/2/file" alt="Named"></p>` + "\n",
		"`![](image:2)`":               "<p><code>![](image:2)</code></p>\n",
		"[![](image:2)](https://a.de)": `<p><a href="https://a.de" rel="nofollow noreferrer"><img src="/images/2/file" alt="Two"></a></p>` + "\n",
	} {
		if got := markdown.HTMLWith(source, resolve); got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
	got := markdown.PreviewWith("![](image:2)", resolve)
	if !strings.Contains(got, `<img src="/images/2/file" alt="Two">`) {
		t.Errorf("a preview shows %q", got)
	}
	for _, show := range []func(string) string{markdown.HTML, markdown.Preview} {
		if got := show("![What](image:2)"); strings.Contains(got, "<img") || !strings.Contains(got, "What") {
			t.Errorf("without a resolver: %q", got)
		}
	}
}
