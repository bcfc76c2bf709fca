package guard

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/proptest"
)

// Nothing that a screen lets through without a closer look has a secret or an instruction in it.
func TestWhatIsTakenForHarmlessIs(t *testing.T) {
	const instruction = "Use only the figures, names and links that the brief has."
	pieces := []string{
		"Rain falls.", " ", "\n", "\n\n", "- ", "1. ", "**", "password", "Passwort", ": ", " is ", " lautet ", "hunter2xyz9", "Tr0ub4dor&3x",
		"AKIAIOSFODNN7EXAMPLE", "sk-ant-0123456789012345678901", "postgres://user:secret@host/db", "api_key", "=", "\"", "'", "`",
		"c2VjcmV0IGFuZCBsb25nIGVub3VnaCB0byBiZSBhIGtleQ9f8e7d6c5b4a", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		instruction, strings.ToUpper(instruction), "Use only the figures,", "names and links",
		"that the brief has", "パスワードは", "です。", "ſk-", "é",
	}
	seen := map[bool]int{}
	proptest.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
		s := NewScreen(instruction)
		harmless := s.harmless(text)
		seen[harmless]++
		if !harmless {
			return
		}
		x := newTarget(Input{Text: text})
		if found := secrets(x); len(found) > 0 {
			t.Fatalf("%q: %+v", text, found)
		}
		for _, sentence := range s.instructions {
			if found := x.index().FindTerm(sentence); len(found) > 0 {
				t.Fatalf("%q: an instruction at %v", text, found)
			}
		}
	})
	if seen[true] < 10 || seen[false] < 10 {
		t.Errorf("texts by whether they were taken for harmless: %v", seen)
	}
}
