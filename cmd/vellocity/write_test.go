package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTextsAreWrittenOnTheCommandLine(t *testing.T) {
	data := t.TempDir()
	if _, err := vellocity(t, data, "migrate"); err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(notes, []byte("How long do I have? 30 days.\nWho pays? We do.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		says  string
		fails string
	}{
		{[]string{"write", "templates", "--search", "faq"}, "faq_generator  FAQ  works without a model", ""},
		{[]string{"write", "show", "ai_rewriter"}, "clearer, shorter", ""},
		{[]string{"write", "show", "nothing"}, "", "Template not found"},
		{[]string{"write", "run", "faq_generator", "title=Returns", "description=@" + notes, "--save"}, "30 days.", ""},
		{[]string{"content", "list"}, "Returns", ""},
		{[]string{"text", "list"}, "faq_generator", ""},
		{[]string{"write", "run", "faq_generator", "titel=Returns"}, "", "description"},
		{[]string{"write", "run", "blog_intros", "title=a", "description=b"}, "", "needs a model"},
		{[]string{"write", "run", "faq_generator", "Returns"}, "", "name=value"},
		{[]string{"write", "run", "faq_generator", "title=@missing.txt"}, "", "missing.txt"},
	} {
		out, err := vellocity(t, data, c.args...)
		switch {
		case c.fails == "" && err != nil:
			t.Errorf("%q: %v", c.args, err)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%q: %v, want %q", c.args, err, c.fails)
		case !strings.Contains(out, c.says):
			t.Errorf("%q: %q has no %q", c.args, out, c.says)
		}
	}
}
