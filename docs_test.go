package vellocity

import (
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every decision has the same form, so that a reader finds the reason and a test
// finds a status that is missing.
func TestDecisionsHaveOneForm(t *testing.T) {
	form := regexp.MustCompile(
		`(?s)^# (\d{4}): [^\n]+\n\nStatus: (accepted|superseded by (\d{4}))\n\n## Context\n.+\n## Decision\n.+\n## Consequences\n`,
	)
	entries, err := os.ReadDir(filepath.FromSlash("docs/decisions"))
	if err != nil {
		t.Fatal(err)
	}
	byNumber := map[string]bool{}
	for _, e := range entries {
		if byNumber[e.Name()[:4]] {
			t.Errorf("%s: the number is taken", e.Name())
		}
		byNumber[e.Name()[:4]] = true
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join("docs", "decisions", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		m := form.FindSubmatch(text)
		switch {
		case m == nil:
			t.Errorf("%s: want # NNNN: title, Status, and the parts Context, Decision, Consequences", e.Name())
		case !strings.HasPrefix(e.Name(), string(m[1])+"-"):
			t.Errorf("%s: the title says %s", e.Name(), m[1])
		case len(m[3]) > 0 && !byNumber[string(m[3])]:
			t.Errorf("%s: decision %s does not exist", e.Name(), m[3])
		}
	}
}

// The README leads to every document.
func TestTheReadmeNamesEveryDocument(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	documents, err := filepath.Glob("docs/*.md")
	if err != nil || len(documents) < 10 {
		t.Fatalf("found %v, %v", documents, err)
	}
	for _, d := range documents {
		if name := filepath.ToSlash(d); !strings.Contains(string(readme), "("+name+")") {
			t.Errorf("README.md does not link %s", name)
		}
	}
}

// What a comment or a document names exists: a file, a folder, a decision.
func TestNamedFilesExist(t *testing.T) {
	named := regexp.MustCompile(
		`(?:^|[^\w./-])((?:docs|internal|cmd|test|bench)/[\w./-]*\w|[\w-]+\.go\b|\d{4}-[a-z][a-z-]+\b)`,
	)
	files := map[string]bool{} // by base name, too
	walk(t, func(name string) { files[name], files[path.Base(name)] = true, true })
	walk(t, func(name string) {
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		var prose string
		switch {
		case path.Ext(name) == ".go":
			prose = keep(text, token.COMMENT)
		case path.Ext(name) == ".md":
			prose = string(text)
		default:
			return
		}
		for i, line := range strings.Split(prose, "\n") {
			for _, found := range named.FindAllStringSubmatch(line, -1) {
				if !exists(files, path.Dir(name), found[1]) {
					t.Errorf("%s:%d names %s, which does not exist", name, i+1, found[1])
				}
			}
		}
	})
}

// exists reports whether a name in a file of the given folder is that of a file or
// folder: from the root, from that folder, or by itself; or of a decision.
func exists(files map[string]bool, dir, name string) bool {
	if files[name] || files[name+".md"] {
		return true
	}
	for _, p := range []string{name, path.Join(dir, name), "internal/" + name} {
		if matches, err := filepath.Glob(filepath.FromSlash(p) + "*"); err == nil && len(matches) > 0 {
			return true
		}
	}
	return false
}
