package app

import (
	"io"
	"net/http"
	"time"
)

// bodyTime is how long a request may take to send its body.
const bodyTime = 30 * time.Second

// slowBodies ends requests that send their body too slowly. The deadline is
// lifted once the body has been read, since an answer may be a long stream.
func slowBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &timedBody{ReadCloser: r.Body, conn: http.NewResponseController(w)}
		}
		next.ServeHTTP(w, r)
	})
}

type timedBody struct {
	io.ReadCloser
	conn  *http.ResponseController
	begun bool
}

// Read sets the deadline with the first byte that is asked for. A connection
// without deadlines, such as one within the process, has none to set.
func (b *timedBody) Read(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		_ = b.conn.SetReadDeadline(time.Now().Add(bodyTime)) // see above
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		_ = b.conn.SetReadDeadline(time.Time{}) // see above
	}
	return n, err
}
