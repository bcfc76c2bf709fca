package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	voice := file(
		"voice.json",
		`{"name":"Acme","banned_terms":["synergy"],"preferred_terms":[{"use":"customers","instead_of":"users"}]}`,
	)
	bad, warned, good := file(
		"bad.md",
		"We find synergy.",
	), file(
		"warned.md",
		"Our users like it.",
	), file(
		"good.md",
		"Our customers like it.",
	)
	binary := file("binary.md", "\xff\xfe")
	for _, tc := range []struct {
		args  []string
		wants string // in the output
		exit  int
	}{
		{args: []string{good, "--voice-file", voice}},
		{args: []string{good, bad, "--voice-file", voice}, wants: bad + ":1:9: blocking: ", exit: 1},
		{args: []string{bad}},
		{args: []string{warned, "--voice-file", voice}, wants: ":1:5: warning: "},
		{args: []string{warned, "--voice-file", voice, "--fail-on", "warning"}, wants: "[brand-terms]", exit: 1},
		{args: []string{bad, "--voice-file", voice, "--fail-on", "never", "--format", "github"}, wants: "::error file="},
		{args: nil, exit: 2},
		{args: []string{filepath.Join(dir, "none.md")}, exit: 2},
		{args: []string{dir}, exit: 2},
		{args: []string{binary}, exit: 2},
		{args: []string{good, "--format", "xml"}, exit: 2},
		{args: []string{good, "--fail-on", "info"}, exit: 2},
		{args: []string{good, "--language", "english"}, exit: 2},
		{args: []string{good, "--voice-file", good}, exit: 2},
		{args: []string{good, "--voice-file", voice, "--voice", "2"}, exit: 2},
		{args: []string{good, "--server", "http://localhost:1"}, exit: 2},
		{args: []string{good, "--voice", "2", "--data", dir}, exit: 2},
		{args: []string{"-", "-"}, exit: 2},
	} {
		out, progress, err := command(t, append([]string{"check"}, tc.args...)...)
		var usage usageError
		exit := 0
		if errors.As(err, &usage) {
			exit = 2
		} else if err != nil {
			exit = 1
		}
		if exit != tc.exit || !strings.Contains(out, tc.wants) {
			t.Errorf("%v: exit %d, want %d: %v\n%s%s", tc.args, exit, tc.exit, err, out, progress)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.db")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	out, _, err := command(t, "check", bad, "--voice-file", voice, "--format", "sarif", "--fail-on", "never")
	if err != nil || !json.Valid([]byte(out)) {
		t.Errorf("%v\n%s", err, out)
	}
}
