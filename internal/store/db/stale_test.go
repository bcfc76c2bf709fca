package db

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// An index of words that was written since the last check is no damage.
func TestACheckTakesNoChangeForDamage(t *testing.T) {
	d := &DB{}
	if err := d.openSQLite(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.read.Close(); d.write.Close() })
	do := func(text string, args ...any) {
		t.Helper()
		if _, err := d.write.ExecContext(t.Context(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	do("create virtual table words using fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii')")
	random := rand.New(rand.NewPCG(1, 1))
	for n := range 120 {
		if old := n - 1 - random.IntN(5); old >= 0 {
			do("delete from words where rowid between ? and ?", old-1, old)
		}
		var text strings.Builder
		for range 3 + random.IntN(60) {
			fmt.Fprintf(&text, "w%d ", random.IntN(300))
		}
		do("insert into words (rowid, terms) values (?, ?)", n, text.String())
		if err := d.Check(t.Context(), true); err != nil {
			t.Fatalf("after %d changes: %v", n+1, err)
		}
	}
}
