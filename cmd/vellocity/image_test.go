package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImagesAreGeneratedOnTheCommandLine(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	if _, err := vellocity(t, data, "migrate"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "lighthouse.png")
	for _, c := range []struct {
		args  []string
		files string // that it writes, without their directory
		fails string
	}{
		{[]string{"a lighthouse", "--size", "256x256", "-o", file}, "lighthouse.png", ""},
		{
			[]string{"two", "--engine", "flux-pro", "--size", "256x256", "--number", "2", "-o", filepath.Join(dir, "two.png")},
			"two-1.png two-2.png", "",
		},
		{
			[]string{
				"at night", "--engine", "stablediffusion", "--from", file, "--size", "256x256",
				"-o", filepath.Join(dir, "night.png"),
			},
			"night.png", "",
		},
		{[]string{"a lighthouse", "--engine", "midjourney"}, "", "image_generator"},
		{[]string{"a lighthouse", "--size", "big"}, "", "size"},
		{[]string{"a lighthouse", "--engine", "flux-pro", "--from", "missing.png"}, "", "missing.png"},
		{[]string{}, "", "arg"},
	} {
		_, err := vellocity(t, data, append([]string{"image"}, c.args...)...)
		switch {
		case c.fails == "" && err != nil:
			t.Errorf("%q: %v", c.args, err)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%q: %v, want %q", c.args, err, c.fails)
		}
		for name := range strings.FieldsSeq(c.files) {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.HasPrefix(text, []byte("\x89PNG")) {
				t.Errorf("%q: %s is no picture: %v", c.args, name, err)
			}
		}
	}
}
