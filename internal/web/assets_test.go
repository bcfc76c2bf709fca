package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPartsOfOthersAreAsPublished compares every embedded file that is not ours
// with the checksum in THIRD_PARTY.md.
func TestPartsOfOthersAreAsPublished(t *testing.T) {
	list := string(must(os.ReadFile("../../THIRD_PARTY.md"))(t))
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` .*`([0-9a-f]{64})` \\|$").FindAllStringSubmatch(list, -1)
	want := map[string]string{}
	for _, row := range rows {
		want[row[1]] = row[2]
	}
	files := must(fs.Sub(assetFiles, "assets"))(t)
	no(t, fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(name, "fonts/") && !strings.Contains(name, "htmx-") {
			return err
		}
		b, err := fs.ReadFile(files, name)
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != want[name] {
			t.Errorf("%s has the checksum %s, THIRD_PARTY.md says %q", name, got, want[name])
		}
		delete(want, name)
		return err
	}))
	for name := range want {
		t.Errorf("THIRD_PARTY.md lists %s, which is not there", name)
	}
}

// TestIconsAreInTheSprite finds every symbol that templates ask for.
func TestIconsAreInTheSprite(t *testing.T) {
	sprite := string(must(assetFiles.ReadFile("assets/icons.svg"))(t))
	asked := regexp.MustCompile(`(icon|glyph) "([a-z0-9-]+)"`)
	no(t, fs.WalkDir(pageFiles, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := pageFiles.ReadFile(name)
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			id := map[string]string{"icon": "", "glyph": "g-"}[m[1]] + m[2]
			if !strings.Contains(sprite, `id="`+id+`"`) {
				t.Errorf("%s asks for %q, which the sprite does not have", name, id)
			}
		}
		return err
	}))
}
