package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets serves the embedded files under /assets/<hash>/, where the hash is of
// all of them together: a new build is a new address, and relative imports
// between modules stay within it.
type assets struct {
	prefix string
	files  fs.FS
}

func loadAssets() (*assets, error) {
	files, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return nil, fmt.Errorf("web: open assets: %w", err)
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, name)
		fmt.Fprintf(sum, "%s %d\n", name, len(b))
		sum.Write(b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("web: read assets: %w", err)
	}
	return &assets{prefix: "/assets/" + hex.EncodeToString(sum.Sum(nil))[:12] + "/", files: files}, nil
}

// url returns the address of an asset.
func (a *assets) url(name string) string { return a.prefix + name }

// ServeHTTP serves one file. An address with another build's hash is answered
// too, uncached, so that a page from before an upgrade keeps its looks.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
	b, err := fs.ReadFile(a.files, path.Clean(name))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", assetType(name))
	w.Header().Set("Cache-Control", "no-cache")
	if strings.HasPrefix(r.URL.Path, a.prefix) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(b) //nolint:gosec // an embedded file; a reader that went away is no fault of ours
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
