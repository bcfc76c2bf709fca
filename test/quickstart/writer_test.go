package quickstart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The snippets of the document about the writer run as they are printed there.
func TestWriterDocument(t *testing.T) {
	document(t, "../../docs/writer.md",
		"30 days.", "Orders before that day keep the old price.", "Item ", `"slug":"launch_note"`, "We do.")
}

// document runs the snippets of a document, one after the other. Each prints what is wanted of it; one of which nothing
// is wanted is left out.
func document(t *testing.T, name string, wants ...string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t)
	found := block.FindAllStringSubmatch(string(text), -1)
	if len(found) != len(wants) {
		t.Fatalf("%d snippets, want %d", len(found), len(wants))
	}
	for i, m := range found {
		if wants[i] == "" {
			continue
		}
		kind := map[string]string{"sh": "bash", "python": "python3", "js": "node"}[m[1]]
		ending := map[string]string{"sh": ".sh", "python": ".py", "js": ".mjs"}[m[1]]
		if kind == "" {
			t.Fatalf("a snippet in %q", m[1])
		}
		if kind == "python3" {
			kind = python(t)
		}
		need(t, kind)
		path := filepath.Join(t.TempDir(), "snippet"+ending)
		if err := os.WriteFile(path, []byte(m[2]), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := s.run(t, kind, path); !strings.Contains(out, wants[i]) {
			t.Errorf("snippet %d printed no %q:\n%s", i+1, wants[i], out)
		}
	}
}
