package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/template"
	"vellocity/internal/template/file"
)

// vellocity runs a command against an installation of the test's own.
func vellocity(t *testing.T, data string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(append(args, "--data", data))
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestTemplatesAreExportedAndApplied(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	if _, err := vellocity(t, data, "migrate"); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, b := range template.Builtin() { // each as one of the workspace's own
		b.Slug = "our-" + b.Slug
		text, err := file.Write(b)
		if err != nil {
			t.Fatal(err)
		}
		write(b.Slug+".yaml", string(text))
	}
	n := len(template.Builtin())
	bad := write("bad.txt", "slug: b\nname: B\ninput_schema: {type: object}\nsteps:\n- key: one\n  capability: nothing\n")
	exported := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		args  string
		word  string
		times int
		fails string
	}{
		{"apply " + dir + " --dry-run", "created ", n, ""},
		{"apply " + dir, "created ", n, ""}, // the dry run has stored nothing
		{"apply " + dir, "unchanged ", n, ""},
		{"apply " + bad, bad + ":6: steps.0.capability: There is no capability", 1, "1 fault; nothing was stored"},
		{"apply " + dir + " " + dir, "slug: The slug", n, "nothing was stored"},
		{"export", "", 0, "--all"},
		{"export nothing", "", 0, "there is no template"},
		{"export --all -o " + exported, "", 0, ""},
		{"apply " + exported, "unchanged ", n, ""},
	} {
		out, err := vellocity(t, data, append([]string{"templates"}, strings.Fields(c.args)...)...)
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: %v\n%s", c.args, err, out)
		}
		if c.word != "" && strings.Count(out, c.word) != c.times {
			t.Errorf("%s: not %d of %q:\n%s", c.args, c.times, c.word, out)
		}
	}
	name := filepath.Join(exported, "our-blog-and-social.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	write("our-blog-and-social.yaml", strings.Replace(string(text), "name: Blog", "name: Our blog", 1))
	out, err := vellocity(t, data, "templates", "apply", dir)
	if err != nil || !strings.Contains(out, "changed    our-blog-and-social  (name)") ||
		strings.Count(out, "unchanged") != n-1 {
		t.Errorf("%v\n%s", err, out)
	}
}
