package gate

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

const (
	// uploadTime is how long a request may take to send its body.
	uploadTime = 30 * time.Second
	// uploadTotal is how many bytes of bodies the server holds at once.
	uploadTotal = 32 << 20
	// drainTime is how long a body that nobody wants may go on, so that its sender
	// reads the answer instead of a broken connection.
	drainTime = 100 * time.Millisecond
)

// Uploads reads the bodies of requests before their handlers run, so that a client
// that sends slowly holds a connection and nothing else. Handlers that never look at
// the body are covered too: net/http would wait for the rest of it, without an end.
// The zero value works.
type Uploads struct {
	// Time is how long a request may take to send its body; 0 means 30 s.
	Time time.Duration
	// Total is how many bytes of bodies are held at once; 0 means 32 MiB.
	Total int64
	// Most returns how many bytes the body of a request may have; nil: [ops.MaxBody] each.
	Most func(r *http.Request) int
	// Waiting, where it is set, is called before a body is read, and with false once it
	// is there.
	Waiting func(r *http.Request, waits bool)

	held atomic.Int64
}

// Handler reads the body of each request and passes it to next, at most the bytes of
// Most and one. When it does not arrive in time, next reads what
// came and then the error. Where no room is left for it, the answer is UNAVAILABLE.
func (u *Uploads) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		one := &upload{all: u, conn: http.NewResponseController(w), body: r.Body, asks: r.Header.Get("Expect") != ""}
		one.most = ops.MaxBody
		if u.Most != nil {
			one.most = u.Most(r)
		}
		defer one.release()
		if u.Waiting != nil {
			u.Waiting(r, true)
		}
		full := one.read(r.ContentLength)
		if u.Waiting != nil {
			u.Waiting(r, false)
		}
		if full {
			w.Header().Set("Connection", "close")
			tooManyBodies.write(w, r)
			return
		}
		if one.err != nil {
			w.Header().Set("Connection", "close") // the rest of the body is not read
		}
		// A copy: net/http looks at the type of its own body.
		read := r.WithContext(r.Context())
		read.Body = one
		handOn(next, w, r, read)
	})
}

// upload is the body of one request: what has been read of it, and then err.
type upload struct {
	all  *Uploads
	conn *http.ResponseController
	body io.Reader
	most int
	asks bool // the client asks whether to send the body at all (RFC 9110, 10.1.1)
	got  []byte
	held int64
	err  error // why the body did not come to its end; nil where it did
}

// read reads the body. It reports that there is no room for it.
func (u *upload) read(length int64) (full bool) {
	if length > int64(u.most) {
		u.err = &http.MaxBytesError{Limit: int64(u.most)}
		u.drain()
		return false
	}
	// A connection without deadlines, such as one in a test, has none to set.
	_ = u.conn.SetReadDeadline(time.Now().Add(cmp.Or(u.all.Time, uploadTime)))
	for len(u.got) <= u.most {
		if len(u.got) == cap(u.got) && !u.grow() {
			u.drain()
			return true
		}
		n, err := u.body.Read(u.got[len(u.got):cap(u.got)])
		u.got = u.got[:len(u.got)+n]
		if errors.Is(err, io.EOF) {
			_ = u.conn.SetReadDeadline(time.Time{}) // see above; the answer may be a long stream
			return false
		}
		if err != nil {
			u.err = slow(err, cmp.Or(u.all.Time, uploadTime))
			return false
		}
	}
	u.err = &http.MaxBytesError{Limit: int64(u.most)}
	u.drain()
	return false
}

// grow makes room for more of the body, where all bodies leave some.
func (u *upload) grow() bool {
	size := min(max(4<<10, 2*cap(u.got)), u.most+bytes.MinRead)
	more := int64(size - cap(u.got))
	if u.all.held.Add(more) > cmp.Or(u.all.Total, uploadTotal) {
		u.all.held.Add(-more)
		return false
	}
	u.held += more
	u.got = append(make([]byte, 0, size), u.got...)
	return true
}

func (u *upload) release() { u.all.held.Add(-u.held) }

// drain discards for a moment what still arrives. The deadline stays: net/http must
// not wait for more.
func (u *upload) drain() {
	_ = u.conn.SetReadDeadline(time.Now().Add(drainTime)) // see read
	if u.asks && len(u.got) == 0 {
		return // to read would be to say yes
	}
	_, _ = io.CopyN(io.Discard, u.body, ops.MaxBody) // it ends with the deadline
}

// slow is the error of a body that ended early.
func slow(err error, after time.Duration) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return domain.Errorf(
		domain.CodeBadRequest,
		"The body did not arrive within %d seconds. Send it faster, or in smaller parts.",
		int(after/time.Second),
	).Because(err)
}

// Read reads the body for the handler.
func (u *upload) Read(p []byte) (int, error) {
	if len(u.got) == 0 {
		return 0, cmp.Or(u.err, io.EOF)
	}
	n := copy(p, u.got)
	u.got = u.got[n:]
	return n, nil
}

// Close does nothing: net/http closes its own body.
func (*upload) Close() error { return nil }
