package ghost

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/markdown"
	"vellocity/internal/proptest"
)

// TestBlocksLoseNothing cuts texts of every kind, and puts them together again.
func TestBlocksLoseNothing(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"# A\n\n", "a *b* **c** ~~d~~ `e`\n\n", "- a\n- b\n  - c\n\n", "1. a\n\n   ```\n   b\n   ```\n\n", "> a\n>\n> - b\n\n",
		"| a |\n|---|\n| b |\n\n", "![a](https://a.test/b.png)\n\n", "[![a](https://a.test/b.png)](https://c.test)\n\n", "---\n\n",
		"<details><summary>a</summary>b</details>\n\n", "a[^1]\n\n[^1]: b\n\n", "a <kbd>b</kbd>\n\n", "</p>", "<div>", "<!-- a -->\n\n",
		"<p>a", "a<br>b\n\n", "- [x] a\n\n", "&amp; &lt;b&gt;\n\n", "日本語\n\n",
	})
	proptest.Check(t, func(t *rapid.T) {
		html := markdown.HTML(strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), ""))
		var again strings.Builder
		for _, b := range blocks(html) {
			again.WriteString(b.html)
			if b.foreign && strings.TrimSpace(b.html) == "" {
				t.Fatalf("an empty card: %q", html)
			}
		}
		if again.String() != html {
			t.Fatalf("%q became %q", html, again.String())
		}
	})
}
