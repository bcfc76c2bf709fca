package ui_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/proptest"
	"vellocity/internal/web/ui"
)

func show(parts []ui.DiffPart) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(map[string]string{"same": "", "ins": "+", "del": "-", "fold": "~"}[p.Op] + "[" + p.Text + "]")
	}
	return b.String()
}

func TestWordDiff(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"a b c", "a b c", "[a b c]"},
		{"an answer is guaranteed.", "an answer is our aim.", "[an answer is ]-[guaranteed.]+[our aim.]"},
		{"", "new", "+[new]"},
		{"old", "", "-[old]"},
		{"one two three four", "one 2 3 four", "[one ]-[two three]+[2 3][ four]"},
		{"これは短い文です。", "これは長い文です。", "[これは]-[短]+[長][い文です。]"},
		{"ภาษาไทย ง่าย", "ภาษาลาว ง่าย", "[ภาษา]-[ไทย]+[ลาว][ ง่าย]"},
		{"use データ now", "use データベース now", "[use データ]+[ベース][ now]"},
		{"first\n\nsecond\n", "first\n\nzeroth\n\nsecond\n", "[first\n\n]+[zeroth\n\n][second\n]"},
	} {
		if got := show(ui.WordDiff(c.before, c.after)); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

// TestWordDiffLosesNothing puts both texts together again from the comparison.
func TestWordDiffLosesNothing(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-c]{1,2}[ \n]{0,2}){0,20}`)
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var a, b strings.Builder
		for _, p := range ui.Fold(ui.WordDiff(before, after)) {
			if p.Op != "ins" {
				a.WriteString(p.Text)
			}
			if p.Op != "del" {
				b.WriteString(p.Text)
			}
		}
		if a.String() != before || b.String() != after {
			t.Fatalf("%q → %q gives %q and %q", before, after, a.String(), b.String())
		}
	})
}

func TestFold(t *testing.T) {
	far := strings.Repeat("A paragraph that nobody touched at all, with some words.\n\n", 8)
	parts := ui.Fold(ui.WordDiff(far+"here is old\n\n"+far, far+"here is new\n\n"+far))
	folds := 0
	for _, p := range parts {
		if p.Op == "fold" {
			folds++
		}
	}
	if folds != 2 {
		t.Errorf("%d folds, want one on each side: %s", folds, show(parts))
	}
	if got := ui.Fold(ui.WordDiff(far, far)); len(got) != 1 || got[0].Op != "same" {
		t.Error("a text without a change must be shown")
	}
}

func TestHugeTextsAreComparedInTime(t *testing.T) {
	a, b := strings.Repeat("one two ", 20_000), strings.Repeat("three four ", 20_000)
	if in, out := ui.Changed(ui.WordDiff(a, b)); in != 40_000 || out != 40_000 {
		t.Errorf("%d in, %d out", in, out)
	}
}
