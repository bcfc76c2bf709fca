package guard_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/guard"
	"vellocity/internal/proptest"
)

const told = "You write for a business. Use only the figures, names and links that the brief has.\n\n" +
	"- Choose the concrete noun over the adjective in every sentence.\n- Stop."

// TestAScreenWithholdsHoweverTheTextArrives: what must not be seen is never let through, in whatever pieces it comes,
// and everything else is.
func TestAScreenWithholdsHoweverTheTextArrives(t *testing.T) {
	for text, want := range map[string]string{
		"Plain words only, in two sentences. Here is the other one.":                                 "Plain words only, in two sentences. Here is the other one.",
		"Use AKIAIOSFODNN7EXAMPLE here.":                                                             "Use [redacted] here.",
		"The password for staging is Tr0ub4dor&3x, so change it.":                                    "The password for staging is [redacted], so change it.",
		"password: hunter2xyz9\nNext line.":                                                          "password: [redacted]\nNext line.",
		"A key:\n-----BEGIN RSA PRIVATE KEY-----\nabc def\nghi\n-----END RSA PRIVATE KEY-----\nEnd.": "A key:\n[redacted]\nEnd.",
		"Rain falls. Use only the figures, names and links that the brief has. Wind blows.":          "Rain falls. [redacted] Wind blows.",
		"Note: choose the concrete noun over the adjective in every sentence. Fine.":                 "Note: [redacted] Fine.",
		"Use only the figures that you know. Choose the concrete noun, or not.":                      "Use only the figures that you know. Choose the concrete noun, or not.",
		"日本語の文章です。パスワードは Hx9#kQ2mPz です。おわり。":                                                         "日本語の文章です。パスワードは [redacted] です。おわり。",
	} {
		proptest.Check(t, func(t *rapid.T) {
			s := guard.NewScreen(told)
			var got strings.Builder
			runes := []rune(text)
			for len(runes) > 0 {
				n := rapid.IntRange(1, len(runes)).Draw(t, "size")
				got.WriteString(s.Write(string(runes[:n])))
				runes = runes[n:]
			}
			got.WriteString(s.End())
			if got.String() != want {
				t.Fatalf("%q, want %q", got.String(), want)
			}
			if (len(s.Findings()) > 0) != strings.Contains(want, "[redacted]") {
				t.Fatalf("%q: %+v", text, s.Findings())
			}
		})
	}
}

// TestAScreenHoldsBackOneWord of a text that is harmless.
func TestAScreenHoldsBackOneWord(t *testing.T) {
	s := guard.NewScreen(told)
	got := s.Write("A first piece of te") + "|" + s.Write("xt, and") + "|" + s.Write(" more")
	if got != "A first piece of |text, |and " {
		t.Errorf("%q", got)
	}
}
