package ui_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/web/webtest"
)

// TestPartsOfOthersAreAsPublished compares every embedded file that is not ours
// with the checksum in THIRD_PARTY.md.
func TestPartsOfOthersAreAsPublished(t *testing.T) {
	list := string(webtest.Must(os.ReadFile("../../../THIRD_PARTY.md"))(t))
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` .*`([0-9a-f]{64})` \\|$").FindAllStringSubmatch(list, -1)
	want := map[string]string{}
	for _, row := range rows {
		want[row[1]] = row[2]
	}
	files := os.DirFS("assets")
	webtest.No(t, fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
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
	sprite := string(webtest.Must(os.ReadFile("assets/icons.svg"))(t))
	asked := regexp.MustCompile(`(icon|glyph) "([a-z0-9-]+)"`)
	webtest.No(t, filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			id := map[string]string{"icon": "", "glyph": "g-"}[m[1]] + m[2]
			if !strings.Contains(sprite, `id="`+id+`"`) {
				t.Errorf("%s asks for %q, which the sprite does not have", name, id)
			}
		}
		return err
	}))
}

// TestAssetsAreCachedForEver loads what a page refers to, and what that imports.
func TestAssetsAreCachedForEver(t *testing.T) {
	p := webtest.Start(t)
	page := p.Get("/board").Body
	paths := regexp.MustCompile(`(?:src|href)="(/assets/[^"#]+)`).FindAllStringSubmatch(page, -1)
	prefix := regexp.MustCompile(`/assets/[0-9a-f]{12}/`).FindString(page)
	imports := regexp.MustCompile(`import "\.\./([^"]+)";`).FindAllStringSubmatch(p.Get(prefix+"js/pages.js").Body, -1)
	if len(paths) < 5 || len(imports) < 5 {
		t.Fatalf("%d assets on the page, %d scripts of pages", len(paths), len(imports))
	}
	for _, m := range imports {
		paths = append(paths, []string{"", prefix + m[1]})
	}
	for _, m := range paths {
		r := p.Get(m[1])
		if r.Status != http.StatusOK || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %q", m[1], r.Status, r.Header.Get("Cache-Control"))
		}
	}
	css := p.Get(prefix + "pages.css").Body
	for _, rule := range []string{".nav-group", ".board-main", ".execution-grid", ".item-main", ".brand-voice ", ".revoke"} {
		if !strings.Contains(css, "\n  "+rule) {
			t.Errorf("the bundle of style sheets lacks %s", rule)
		}
	}
	old := p.Get(strings.Replace(prefix, prefix[8:20], "0123456789ab", 1) + "base.css")
	if old.Status != http.StatusOK || old.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("an asset of another build: %d %q", old.Status, old.Header.Get("Cache-Control"))
	}
}

// TestWidthsFollowTheFontSize looks for media queries in pixels: with large type a page
// would keep a layout for which it has no room.
func TestWidthsFollowTheFontSize(t *testing.T) {
	p := webtest.Start(t)
	prefix := regexp.MustCompile(`/assets/[0-9a-f]{12}/`).FindString(p.Get("/board").Body)
	pixels := regexp.MustCompile(`@(?:media|container)[^{]*width[^{]*px[^{]*\{`)
	for _, name := range []string{"base.css", "shell.css", "pages.css"} {
		css := p.Get(prefix + name).Body
		if len(css) < 1000 {
			t.Errorf("%s is empty", name)
		}
		for _, query := range pixels.FindAllString(css, -1) {
			t.Errorf("%s: %s", name, query)
		}
	}
}
