package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// The files that are made from those of the pages.
const (
	pagesCSS = "pages.css"   // shell.css and every page.css
	pagesJS  = "js/pages.js" // imports every page.js
)

// assets serves the embedded files under /assets/<hash>/, where the hash is of
// all of them together: a new build has a new address, and relative imports
// between modules stay within it.
type assets struct {
	prefix string
	files  map[string][]byte
}

// loadAssets reads ui's own files and those of the pages, which are served under
// pages/<name>/, and builds the bundle of style sheets and the list of scripts.
func loadAssets(pages []Page) (*assets, error) {
	a := &assets{files: map[string][]byte{}}
	own, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return nil, fmt.Errorf("open assets: %w", err)
	}
	if err := a.add("", own); err != nil {
		return nil, err
	}
	css, imports := [][]byte{a.files["shell.css"]}, ""
	for _, p := range pages {
		dir := "pages/" + p.Name + "/"
		if err := a.add(dir, p.Files); err != nil {
			return nil, fmt.Errorf("page %s: %w", p.Name, err)
		}
		if sheet, ok := a.files[dir+"page.css"]; ok {
			css = append(css, sheet)
		}
		if _, ok := a.files[dir+"page.js"]; ok {
			imports += `import "../` + dir + `page.js";` + "\n"
		}
	}
	a.files[pagesCSS] = slices.Concat(css...)
	a.files[pagesJS] = []byte(imports)
	a.prefix = "/assets/" + a.hash() + "/"
	return a, nil
}

// add takes every file but templates.
func (a *assets) add(prefix string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".html" {
			return err
		}
		b, err := fs.ReadFile(files, name)
		a.files[prefix+name] = b
		return err
	})
}

func (a *assets) hash() string {
	sum := sha256.New()
	for _, name := range sortedKeys(a.files) {
		fmt.Fprintf(sum, "%s %d\n", name, len(a.files[name]))
		sum.Write(a.files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

// url returns the address of an asset.
func (a *assets) url(name string) string { return a.prefix + name }

// hasIcon reports whether the sprite has an icon.
func (a *assets) hasIcon(name string) bool {
	return strings.Contains(string(a.files["icons.svg"]), `id="`+name+`"`)
}

// ServeHTTP serves one file. An address with another build's hash is served too,
// uncached, so that a page from before an upgrade keeps its looks.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
	b, ok := a.files[path.Clean(name)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", assetType(name))
	w.Header().Set("Cache-Control", "no-cache")
	if strings.HasPrefix(r.URL.Path, a.prefix) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(b) //nolint:gosec // an embedded file; a client that has gone away is not our error
}

func assetType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}
