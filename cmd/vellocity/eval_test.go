package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/eval"
)

// command runs a command line and returns what it prints.
func command(t *testing.T, args ...string) (out, progress string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	root := newRoot()
	root.SetOut(&o)
	root.SetErr(&e)
	root.SetArgs(args)
	err = root.ExecuteContext(t.Context())
	return o.String(), e.String(), err
}

func TestEvalWithTheComposer(t *testing.T) {
	dir, texts := t.TempDir(), filepath.Join(t.TempDir(), "new", "texts")
	out, _, err := command(
		t,
		"eval",
		"--data",
		dir,
		"--provider",
		"composer",
		"--only",
		"launch,notice",
		"--json",
		"--out",
		texts,
	)
	var r eval.Report
	if err != nil || json.Unmarshal([]byte(out), &r) != nil || len(r.Texts) != 2 || r.Provider != "composer" {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"launch-composer.md", "notice-composer.md"} {
		text, err := os.ReadFile(filepath.Join(texts, name))
		if err != nil || !strings.HasPrefix(string(text), "# ") {
			t.Errorf("%v: %s", err, text)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("the data directory has %v: %v", left, err)
	}
}

func TestEvalWithAModel(t *testing.T) {
	s := aitest.NewServer(aitest.Writer(aitest.Pace{}))
	t.Cleanup(s.Close)
	t.Setenv("OPENAI_API_KEY", aitest.Secret)
	out, progress, err := command(t, "eval", "--data", t.TempDir(), "--only", "notice", "--model", "scripted-1",
		"--openai-base-url", s.BaseURL(aitest.OpenAIWire))
	if err != nil || !strings.Contains(out, "openai scripted-1") || !strings.Contains(out, "product ÷ prompt") {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(progress, "✓ notice, product") || strings.Contains(out+progress, aitest.Secret) {
		t.Error(progress)
	}
	s.Close()
	out, _, err = command(
		t,
		"eval",
		"--data",
		t.TempDir(),
		"--only",
		"notice",
		"--model",
		"scripted-1",
		"--provider",
		"openai",
		"--openai-base-url",
		"http://127.0.0.1:1",
	)
	if err == nil || err.Error() != "2 of 2 texts failed" || !strings.Contains(out, "notice, prompt: ") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestEvalUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--only", "lunch"}, {"--server", "http://localhost:8080"}, {"--provider", "nobody"}, {"extra"},
	} {
		_, _, err := command(t, append([]string{"eval", "--data", t.TempDir()}, args...)...)
		var usage usageError
		if !errors.As(err, &usage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
