package gate

import (
	"bytes"
	"net/http"
	"strconv"

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
	SendAs(w, r, media, ops.Tag("", body), body)
}

// SendAs is [SendTagged] with the ETag of a body that is sent again and again.
func SendAs(w http.ResponseWriter, r *http.Request, media, tag string, body []byte) {
	h := w.Header()
	h["Etag"] = []string{tag}
	if match := r.Header.Get("If-None-Match"); match != "" && ops.Fresh(match, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the reader is gone if it fails
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
