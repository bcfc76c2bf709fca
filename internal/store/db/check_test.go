package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

// A copy of the file that misses some of what was written is refused, with what to do.
func TestADamagedFileIsFound(t *testing.T) {
	dir := storetest.SQLiteDir(t)
	s := storetest.Open(t, store.Options{Dir: dir})
	a := workspace(t, s, "one").ID
	if err := s.InTx(t.Context(), func(tx *store.Tx) error {
		for range 200 {
			if err := tx.AppendEvent(t.Context(), domain.Subject{WorkspaceID: a},
				storetest.Event{Name: "x", Data: strings.Repeat("x", 2000)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, whole := range []bool{false, true} {
		if err := s.Check(t.Context(), whole); err != nil || !s.Small() {
			t.Errorf("a good file: %v", err)
		}
	}
	if err := s.Close(); err != nil { // the log is merged into the file
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, "vellocity.db"))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for name, damage := range map[string]func([]byte) []byte{
		"the end is missing":         func(b []byte) []byte { return b[:len(b)/2/page*page] },
		"a part page":                func(b []byte) []byte { return b[:len(b)-page/2] },
		"pages of another moment":    func(b []byte) []byte { copy(b[len(b)/2:], b[page*3:page*12]); return b },
		"zeroes in the middle":       func(b []byte) []byte { clear(b[len(b)/3 : len(b)/3*2]); return b },
		"the head is another file's": func(b []byte) []byte { copy(b, "this is no database"); return b },
	} {
		other := t.TempDir()
		damaged := damage(append([]byte(nil), good...))
		if err := os.WriteFile(filepath.Join(other, "vellocity.db"), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := store.Open(t.Context(), store.Options{Dir: other})
		if err == nil {
			err = d.Check(t.Context(), false)
			_ = d.Close()
		}
		if err == nil || !strings.Contains(domain.AsError(err).Message, "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
