package gate

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// refusal answers requests that there is no room for: in the envelope, or as a sentence
// for a person's browser. It is written once, since a server that has too much to do has
// no time to write it again and again.
type refusal struct {
	message       string
	before, after []byte // the envelope, around the request's id
}

var (
	tooMany       = newRefusal("The server has more requests than it can handle at the moment. Try again shortly.")
	tooManyBodies = newRefusal("The server has too many large requests to read at once. Try again shortly.")
)

// Headers of refusals. The slices are shared: never append to them.
var (
	oneSecond = []string{"1"}
	plainText = []string{"text/plain; charset=utf-8"}
)

func newRefusal(message string) refusal {
	const id = "ID OF THE REQUEST"
	body, _ := errorJSON(domain.Errorf(domain.CodeUnavailable, "%s", message), id) // plain fields cannot fail
	before, after, _ := bytes.Cut(body, []byte(id))
	return refusal{message, before, after}
}

// write refuses a request. A body that is on its way is waited for only briefly: net/http
// reads a short one to its end, so that the connection can be kept, and without a deadline
// would wait for ever.
func (f refusal) write(w http.ResponseWriter, r *http.Request) {
	id := Prepare(w, r)
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Retry-After"] = oneSecond
	body := make([]byte, 0, len(f.before)+len(id)+len(f.after))
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		h["Content-Type"] = plainText
		body = append(append(body, f.message...), '\n')
	} else {
		h["Content-Type"] = jsonType
		body = append(append(append(body, f.before...), id...), f.after...)
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if r.Body != nil && r.Body != http.NoBody {
		// A connection without deadlines, such as one in a test, has none to set.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainTime))
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(body) //nolint:gosec // no HTML; the reader is gone if it fails
}
