// Package golden compares what a test gets with files that hold what is right.
// With the flag -update the test writes the files instead; read the diff before you
// commit it. Only tests import it.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool(
	"update",
	false,
	"write the golden files",
) //nolint:gochecknoglobals // a flag of every test binary

// Update reports whether golden files are to be written instead of compared.
func Update() bool { return *update }

// Check compares got with a file, or writes the file if -update was given. The path
// is relative to the package's directory.
func Check(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		Write(t, file, got)
		return
	}
	want, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		t.Fatalf("%v; write it with: go test -update", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; write it with go test -update and read the diff. %s", file, difference(string(want), got))
	}
}

// difference describes the first line that differs.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		switch {
		case i >= len(w):
			return fmt.Sprintf("Line %d is new:\n%s", i+1, g[i])
		case i >= len(g):
			return fmt.Sprintf("Line %d is gone:\n%s", i+1, w[i])
		case w[i] != g[i]:
			return fmt.Sprintf("Line %d:\nwant %s\ngot  %s", i+1, w[i], g[i])
		}
	}
	return ""
}

// Write writes a golden file and the directories above it.
func Write(t testing.TB, file, text string) {
	t.Helper()
	file = filepath.FromSlash(file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
