package prose_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"vellocity/internal/prose"
)

// TestWordsAgreeWithICU compares the count of words with another implementation of Unicode's rules, in
// sentences of many scripts. testdata/words.mjs says how they were counted.
func TestWordsAgreeWithICU(t *testing.T) {
	raw, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Script, Language, Text string
		Words                  int
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	scripts, estimated := map[string]bool{}, map[string][2]int{}
	for _, r := range rows {
		scripts[r.Script] = true
		n := prose.CountWords(r.Text)
		if slices.Contains([]string{"Thai", "Lao", "Khmer", "Myanmar"}, r.Script) {
			sum := estimated[r.Script]
			estimated[r.Script] = [2]int{sum[0] + n, sum[1] + r.Words}
		} else if n != r.Words {
			t.Errorf("%s: %d words, ICU has %d: %q", r.Language, n, r.Words, prose.Words(r.Text))
		}
	}
	for script, n := range estimated {
		t.Logf("%s: %d words, ICU's dictionary has %d", script, n[0], n[1])
		if math.Abs(float64(n[0]-n[1])) > 0.2*float64(n[1]) {
			t.Errorf("%s: %d words, ICU's dictionary has %d", script, n[0], n[1])
		}
	}
	if len(scripts) < 20 {
		t.Errorf("only %d scripts", len(scripts))
	}
}
