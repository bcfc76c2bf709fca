package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"vellocity/internal/config"
)

// TestOthersInTheDataDirectoryAreWarnedOf starts on directories and files of several modes: the
// operator reads what others may do, and how to end it.
func TestOthersInTheDataDirectoryAreWarnedOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	const wide, open = "run chmod 700 on it", "run chmod 600 on it"
	for _, c := range []struct {
		name      string
		dir, file os.FileMode
		says      []string
	}{
		{"its user's alone", 0o700, 0o600, nil},
		{"a directory that others may list", 0o755, 0o600, nil},
		{"a group that may read", 0o750, 0o640, nil},
		{"a directory that all may change", 0o777, 0o600, []string{wide, "mode=-rwxrwxrwx"}},
		{"a directory that a group may change", 0o770, 0o600, []string{wide}},
		{"a file that all may read", 0o755, 0o644, []string{open, "master.key", "mode=-rw-r--r--"}},
		{"a file that all may change", 0o777, 0o666, []string{wide, open}},
	} {
		dir := filepath.Join(t.TempDir(), "data")
		start := func() string {
			cfg, err := config.Load(config.Sources{Flags: map[string]string{"data": dir, "no-demo": "on"}})
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			a, err := New(t.Context(), cfg, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Store.Close(); err != nil {
				t.Error(err)
			}
			return log.String()
		}
		if log := start(); strings.Contains(log, "other users") {
			t.Errorf("a new directory: %s", log)
		}
		for path, mode := range map[string]os.FileMode{dir: c.dir, filepath.Join(dir, "master.key"): c.file} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		log := start()
		for _, says := range c.says {
			if !strings.Contains(log, says) {
				t.Errorf("%s: no word of %q: %s", c.name, says, log)
			}
		}
		if c.says == nil && strings.Contains(log, "other users") {
			t.Errorf("%s: %s", c.name, log)
		}
	}
}
