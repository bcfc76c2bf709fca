package wire_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/extension/wire"
	"vellocity/internal/markdown"
)

func TestPlainText(t *testing.T) {
	for source, want := range map[string]string{
		"One.\nTwo.\n\nThree.":                  "One.\nTwo.\n\nThree.",
		"# Head\n\n**Bold** & `code`":           "Head\n\nBold & code",
		"- a\n- b\n\n1. c\n2. d":                "• a\n• b\n\n1. c\n2. d",
		"See [the page](https://a.test/x).":     "See the page https://a.test/x.",
		"See https://a.test/x?a=1&b=2 now #tag": "See https://a.test/x?a=1&b=2 now #tag",
		"[a.test](https://a.test/)":             "https://a.test/",
		"[in](#part) [mail](mailto:a@b.test)":   "in mail",
		"![alt](https://a.test/x.png) text":     "text",
		"3. three\n4. four":                     "3. three\n4. four",
		"```\na\n\n  b\n```":                    "a\n\n  b",
		"日本語\n\n👩‍🚀 \\<b>":                      "日本語\n\n👩‍🚀 <b>",
		"":                                      "",
	} {
		got := wire.PlainText(markdown.HTML(source))
		if strings.TrimSpace(got) != want {
			t.Errorf("%q reads %q, not %q", source, got, want)
		}
	}
}

// TestThreads holds for any text: nothing is lost but spaces, nothing is too long, and no
// word is cut that fits.
func TestThreads(t *testing.T) {
	words := strings.Fields("a bc def. ghij! klmno pqrstu, 日本語の文章です。 👩‍🚀 https://a.test/long/address?x=1 Über\n\nmaß")
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var text strings.Builder
		for range random.IntN(120) {
			text.WriteString(words[random.IntN(len(words))])
			text.WriteString([]string{" ", " ", " ", "\n", "\n\n"}[random.IntN(5)])
		}
		limit := 40 + random.IntN(200)
		parts, ok := wire.Thread(text.String(), limit, utf8.RuneCountInString)
		if joined := strings.Join(parts, ""); ok && squeeze(joined) != squeeze(text.String()) {
			t.Fatalf("%q became %q", text.String(), parts)
		}
		for _, p := range parts {
			if utf8.RuneCountInString(p) > limit || p == "" || !utf8.ValidString(p) {
				t.Fatalf("limit %d: %q", limit, p)
			}
			for _, w := range strings.Fields(p) {
				if !slices.Contains(words, w) && !strings.ContainsAny(w, "日本語の文章です。") {
					t.Fatalf("limit %d cuts the word %q", limit, w)
				}
			}
		}
	}
	if _, ok := wire.Thread(strings.Repeat("word ", 1000), 300, utf8.RuneCountInString); ok {
		t.Error("a thread has no end")
	}
	if parts, ok := wire.Thread(strings.Repeat("x", 700), 300, utf8.RuneCountInString); !ok || len(parts) != 3 {
		t.Errorf("one long word: %d parts", len(parts))
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
