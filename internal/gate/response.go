package gate

import (
	"net/http"
	"strings"
	"time"
)

const (
	longWrite    = 25 * time.Millisecond  // after which a response no longer holds a slot
	slowWrite    = 250 * time.Millisecond // after which its reader counts as slow
	largeWrite   = 32 << 10               // bytes that a connection takes without waiting for its reader
	writeTimeout = 30 * time.Second       // for a reader to take one part of a response
)

// response bounds how long a reader may take, and gives the slot back when the
// response is a stream or its reader is slow.
type response struct {
	http.ResponseWriter
	slot    *slot
	control *http.ResponseController
	begun   bool
	stream  bool
	written int
}

// WriteHeader notes whether a stream begins.
func (w *response) WriteHeader(status int) {
	if !w.begun && status >= 200 {
		w.begun = true
		w.stream = strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
		if w.stream {
			w.slot.lengthen()
		}
		w.extend()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the response.
func (w *response) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	w.written += len(p)
	switch {
	case w.stream:
		w.extend()
	case w.written > largeWrite:
		return w.writeLarge(p)
	}
	return w.ResponseWriter.Write(p)
}

// writeLarge writes a part that its reader may take long for. A write that takes long
// waits for the network and needs no slot. One that takes very long is counted among what
// slow readers keep waiting; where that is too much, the reader is cut off.
func (w *response) writeLarge(p []byte) (int, error) {
	size, l := int64(len(p)), w.slot.load
	long := time.AfterFunc(longWrite, w.slot.lengthen)
	defer long.Stop()
	slow := time.AfterFunc(slowWrite, func() {
		if l.unread.Add(size) > l.mostUnread {
			_ = w.control.SetWriteDeadline(time.Now()) // the connection ends
		}
	})
	defer func() {
		if !slow.Stop() {
			l.unread.Add(-size)
		}
	}()
	return w.ResponseWriter.Write(p)
}

// extend gives the reader time for the next part. net/http sets another deadline for
// the next request on the connection.
func (w *response) extend() {
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // a test's writer has none
}

// Unwrap is for [http.ResponseController].
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush is for handlers that ask for [http.Flusher].
func (w *response) Flush() {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	_ = w.control.Flush() // the next write says that the reader is gone
}
