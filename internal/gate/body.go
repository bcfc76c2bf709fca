package gate

import (
	"bytes"
	"net/http"
	"strconv"

	"vellocity/internal/ops"
)

// SendTagged sends a body with its ETag, or 304 to a caller that has it already. The
// caller sets Cache-Control.
func SendTagged(w http.ResponseWriter, r *http.Request, media string, body []byte) {
	h := w.Header()
	tag := ops.Tag("", body)
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
