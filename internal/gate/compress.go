package gate

import (
	"compress/gzip"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"vellocity/internal/ops"
)

// leastToCompress is the size of body, in bytes, from which compressing saves more than
// it costs: what is smaller fits one packet anyway.
const leastToCompress = 1400

// gzipped ends the ETag of a compressed response. A strong tag names the bytes (RFC 9110,
// section 8.8.3), so each coding has its own.
const gzipped = "-gzip"

var writers = sync.Pool{New: func() any {
	// The fastest level takes a fifth of the time of the default one, for a third more bytes.
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that exists
	return w
}}

// Compress compresses responses for callers that accept gzip: JSON, pages, feeds, assets
// and other text. A stream of events is left alone, since each event must go out at once.
func Compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &compressed{
			ResponseWriter: w,
			accepted:       ops.AcceptsCoding(r.Header.Values("Accept-Encoding"), "gzip").Quality > 0,
		}
		if known := r.Header.Values("If-None-Match"); len(known) > 0 {
			// What has either coding of a body has the body.
			c.known = strings.Join(known, ", ")
			r.Header.Set("If-None-Match", strings.ReplaceAll(c.known, gzipped+`"`, `"`))
		}
		defer c.end()
		next.ServeHTTP(c, r)
	})
}

// compressed is a response that may be compressed: that is decided with the first bytes
// of its body.
type compressed struct {
	http.ResponseWriter
	accepted bool
	known    string // If-None-Match as the caller sent it

	status int          // 0: not set yet
	held   []byte       // the body so far, while it is not decided
	plain  bool         // decided: as it is
	gzip   *gzip.Writer // decided: compressed
}

// Unwrap is for [http.ResponseController].
func (c *compressed) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader decides where the headers say enough.
func (c *compressed) WriteHeader(status int) {
	if status < http.StatusOK {
		c.ResponseWriter.WriteHeader(status) // an interim response
		return
	}
	if c.status != 0 {
		return
	}
	c.status = status
	h := c.Header()
	if status == http.StatusNotModified {
		c.notModified()
		return
	}
	if !compressible(status, h) {
		c.asItIs()
		return
	}
	if !slices.Contains(h["Vary"], "Accept-Encoding") {
		h["Vary"] = append(slices.Clone(h["Vary"]), "Accept-Encoding") // others may share the slice
	}
	size, err := strconv.Atoi(h.Get("Content-Length"))
	switch {
	case !c.accepted || err == nil && size < leastToCompress:
		c.asItIs()
	case err == nil:
		c.compress()
	}
}

// notModified repeats the tag that the caller has, in the coding that it has it in.
func (c *compressed) notModified() {
	h := c.Header()
	h["Vary"] = append(slices.Clone(h["Vary"]), "Accept-Encoding")
	if tag := inGzip(h.Get("Etag")); tag != "" && strings.Contains(c.known, tag) {
		h["Etag"] = []string{tag}
	}
	c.asItIs()
}

func (c *compressed) asItIs() {
	c.plain = true
	c.ResponseWriter.WriteHeader(c.status)
}

func (c *compressed) compress() {
	h := c.Header()
	h["Content-Encoding"] = []string{"gzip"}
	h.Del("Content-Length")
	h.Del("Accept-Ranges")
	if tag := inGzip(h.Get("Etag")); tag != "" {
		h["Etag"] = []string{tag}
	}
	c.ResponseWriter.WriteHeader(c.status)
	c.gzip, _ = writers.Get().(*gzip.Writer)
	c.gzip.Reset(c.ResponseWriter)
}

// inGzip returns the tag of the compressed body; empty where there is none.
func inGzip(tag string) string {
	body, quoted := strings.CutSuffix(tag, `"`)
	if !quoted || tag == "" {
		return ""
	}
	return body + gzipped + `"`
}

// compressible reports whether a response is a text of which nothing is compressed yet.
func compressible(status int, h http.Header) bool {
	switch {
	case status == http.StatusNoContent || status == http.StatusPartialContent,
		h.Get("Content-Encoding") != "", strings.Contains(h.Get("Cache-Control"), "no-transform"):
		return false
	}
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || media == "text/event-stream" {
		return false
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "json") || strings.HasSuffix(media, "xml") ||
		strings.HasSuffix(media, "javascript")
}

// Write compresses once enough is there to be worth it.
func (c *compressed) Write(b []byte) (int, error) {
	if c.status == 0 {
		if c.Header().Get("Content-Type") == "" { // else net/http would look at what is compressed
			c.Header().Set("Content-Type", http.DetectContentType(b))
		}
		c.WriteHeader(http.StatusOK)
	}
	switch {
	case c.plain:
		return c.ResponseWriter.Write(b)
	case c.gzip != nil:
		return c.gzip.Write(b)
	}
	c.held = append(c.held, b...)
	if len(c.held) < leastToCompress {
		return len(b), nil
	}
	c.compress()
	_, err := c.gzip.Write(c.held)
	c.held = nil
	return len(b), err
}

// Flush sends what is there. A handler that flushes streams, and is not held back.
func (c *compressed) Flush() {
	if c.status != 0 && !c.plain && c.gzip == nil {
		c.release()
	}
	if c.gzip != nil {
		_ = c.gzip.Flush() // the reader is gone if it fails
	}
	_ = http.NewResponseController(c.ResponseWriter).Flush() // no writer of a server's lacks it
}

// release sends what was held, as it is.
func (c *compressed) release() {
	c.asItIs()
	_, _ = c.ResponseWriter.Write(c.held) // the reader is gone if it fails
	c.held = nil
}

func (c *compressed) end() {
	switch {
	case c.gzip != nil:
		_ = c.gzip.Close() // the reader is gone if it fails
		c.gzip.Reset(nil)
		writers.Put(c.gzip)
	case c.status != 0 && !c.plain:
		c.release()
	}
}
