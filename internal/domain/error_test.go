package domain

import (
	"cmp"
	"slices"
	"testing"
)

// TestCodes holds the table of codes to what its look-up and its readers rely on.
func TestCodes(t *testing.T) {
	if !slices.IsSortedFunc(CodeInfos(), func(a, b CodeInfo) int { return cmp.Compare(a.Code, b.Code) }) {
		t.Error("the codes are not sorted by name, so look-ups miss some")
	}
	for _, c := range CodeInfos() {
		if c.Status < 400 || c.Status > 599 || c.Title == "" || c.Code.Info().Code != c.Code {
			t.Errorf("%s: %+v", c.Code, c)
		}
		shown := slices.ContainsFunc(CodeInfos(), func(o CodeInfo) bool { return o.Status == c.Status && o.Example != "" })
		if !shown && c.Status != 405 {
			t.Errorf("no code with the status %d has an example for the documents", c.Status)
		}
	}
	if got := Code("NEW").Status(); got != 500 {
		t.Errorf("an unknown code has the status %d", got)
	}
}
