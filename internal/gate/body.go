package gate

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"vellocity/internal/ops"
)

// handOn passes a changed copy of a request on, and notes in the request which route has
// served it, for those who measure requests.
func handOn(next http.Handler, w http.ResponseWriter, r, changed *http.Request) {
	defer func() { r.Pattern = changed.Pattern }()
	next.ServeHTTP(w, changed)
}

// SendTagged sends a body with its ETag, or 304 to a caller that has it already. The
// caller sets Cache-Control.
func SendTagged(w http.ResponseWriter, r *http.Request, media string, body []byte) {
	if !fresh(w, r, ops.Tag("", body)) {
		send(w, media, body)
	}
}

// fresh sets the ETag, and sends 304 to a caller that has the body already.
func fresh(w http.ResponseWriter, r *http.Request, tag string) bool {
	w.Header()["Etag"] = []string{tag}
	match := r.Header.Get("If-None-Match")
	if match == "" || !ops.Fresh(match, tag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

func send(w http.ResponseWriter, media string, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{media}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	_, _ = w.Write(body) // the reader is gone if it fails
}

// Kept is a body that is sent again and again: its ETag is computed once, and it is
// compressed once.
type Kept struct {
	media, tag string
	body       []byte
	zipped     func() []byte
}

// Keep returns a body to send again and again. Nobody may change it.
func Keep(media string, body []byte) *Kept {
	return &Kept{media, ops.Tag("", body), body, sync.OnceValue(func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(body) // a buffer takes everything
		_ = z.Close()        // likewise
		return b.Bytes()
	})}
}

// Send sends the body, or 304 to a caller that has it already. The caller sets
// Cache-Control.
func (k *Kept) Send(w http.ResponseWriter, r *http.Request) {
	if fresh(w, r, k.tag) {
		return
	}
	if len(k.body) < leastToCompress || ops.AcceptsCoding(r.Header.Values("Accept-Encoding"), "gzip").Quality == 0 {
		send(w, k.media, k.body)
		return
	}
	h := w.Header()
	h["Etag"] = []string{inGzip(k.tag)}
	h["Content-Encoding"] = []string{"gzip"}
	h["Vary"] = append(slices.Clone(h["Vary"]), "Accept-Encoding") // others may share the slice
	send(w, k.media, k.zipped())
}

// SendJSON sends a value of plain fields as JSON without an envelope.
func SendJSON(w http.ResponseWriter, v any) {
	ops.WithBuffer(func(b *bytes.Buffer) {
		_ = ops.Encode(b, v) // plain fields cannot fail
		w.Header()["Content-Type"] = jsonType
		w.Header()["Cache-Control"] = noStore
		_, _ = w.Write(b.Bytes()) // the reader is gone if it fails
	})
}
