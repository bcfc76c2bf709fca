package aitest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault is what goes wrong in the middle of a stream, after Reply.After pieces.
type Fault string

// The faults.
const (
	NoFault   Fault = ""
	Cut       Fault = "cut"       // the connection breaks
	End       Fault = "end"       // the stream ends in good order, but before its answer does
	Malformed Fault = "malformed" // a line that is no JSON
	ErrorNow  Fault = "error"     // an error event: "overloaded_error", or Reply.Code
	Hang      Fault = "hang"      // nothing more, until the client goes away
	KeepAlive Fault = "keepalive" // comments or pings only, one a second, until the client goes away
	HugeLine  Fault = "huge"      // one line of 2 MiB
)

// Reply is how one call is answered. The zero value is an empty answer.
type Reply struct {
	Pieces []string      // of text, each an event
	Delay  time.Duration // before the first piece
	Gap    time.Duration // between pieces
	// Status, where it is neither 0 nor 200, makes an error of it, with Code and
	// Message in the wire's own shape and Param where the wire has one.
	Status               int
	Code, Message, Param string
	RetryAfter           string // the header, as it is
	Header               map[string]string
	// Body, where set, is sent as it is, with Type as its content type: a web page,
	// a JSON answer, a whole raw stream.
	Body, Type string
	// Frames, where set, are the stream, as it is, with Type as its content type ("" is
	// the usual one, "-" none); Fault says what follows it.
	Frames []Frame

	Fault Fault
	After int

	Stop    string // "end", "length", "refusal", or a word that is sent as it is; "" means "end"
	Model   string // "" echoes the request's
	NoUsage bool
	Usage   Usage // zero: counted from the words
	Think   int   // events of thought before the first piece
	// Slice, where set, sends the stream in writes of so many bytes, SliceGap apart.
	Slice    int
	SliceGap time.Duration
	// CutHard resets the connection before any byte of an answer.
	CutHard bool
}

// Frame is a part of a raw stream, sent at once after a pause.
type Frame struct {
	Pause time.Duration
	Raw   string
}

// Usage is what a reply reports. Input counts all of the prompt, cached or not.
type Usage struct{ Input, Output, CacheRead, CacheWrite int }

// Text is the answer that arrives in the given pieces.
func Text(pieces ...string) Reply { return Reply{Pieces: pieces} }

// JSON is the answer that consists of v, in a few pieces.
func JSON(v any) Reply {
	data, err := json.Marshal(v)
	if err != nil {
		panic("aitest: " + err.Error())
	}
	return Reply{Pieces: Split(string(data), 24)}
}

// Status is an error answer.
func Status(status int, code, message string) Reply {
	return Reply{Status: status, Code: code, Message: message}
}

// Rate is a 429 with the given Retry-After; "" leaves the header out.
func Rate(retryAfter string) Reply {
	return Reply{Status: 429, Code: "rate_limit_error", Message: "slow down", RetryAfter: retryAfter}
}

// HTML is a web page with status 200.
func HTML() Reply {
	return Reply{Body: "<!doctype html><title>Welcome</title><p>Sign in to the network", Type: "text/html; charset=utf-8"}
}

// Faulty is the reply with a fault after so many pieces.
func (r Reply) Faulty(f Fault, after int) Reply { r.Fault, r.After = f, after; return r }

// Split cuts a text into pieces of about n bytes, never within a character.
func Split(s string, n int) []string {
	var pieces []string
	start := 0
	for i := range s {
		if i-start >= n {
			pieces = append(pieces, s[start:i])
			start = i
		}
	}
	return append(pieces, s[start:])
}

// write sends the reply and reports whether the client stayed to its end.
func (r Reply) write(w http.ResponseWriter, req *http.Request, c Call, p Protocol) (stayed bool) {
	for k, v := range r.Header {
		w.Header().Set(k, v)
	}
	if r.RetryAfter != "" {
		w.Header().Set("Retry-After", r.RetryAfter)
	}
	switch {
	case r.CutHard:
		panic(http.ErrAbortHandler)
	case r.Status != 0 && r.Status != 200 && r.Body == "":
		writeJSON(w, r.Status, p.Error(r.Code, r.Message, r.Param))
		return true
	case r.Body != "":
		w.Header().Set("Content-Type", r.Type)
		w.WriteHeader(max(r.Status, 200))
		_, err := w.Write([]byte(r.Body))
		return err == nil
	}
	switch {
	case r.Frames != nil && r.Type == "-":
		w.Header()["Content-Type"] = nil
	case r.Frames != nil && r.Type != "":
		w.Header().Set("Content-Type", r.Type)
	default:
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	}
	w.Header().Set("X-Request-Id", fmt.Sprintf("req-%d", c.N))
	w.Header().Set("Request-Id", fmt.Sprintf("req-%d", c.N))
	w.WriteHeader(200)
	s := &stream{w: w, req: req, reply: r, out: bufio.NewWriter(w)}
	if r.Frames != nil {
		return s.play(p.Events(c, r))
	}
	return s.run(p.Events(c, r))
}

// stream writes one answer.
type stream struct {
	w     http.ResponseWriter
	req   *http.Request
	reply Reply
	out   *bufio.Writer
	gone  bool
}

func (s *stream) play(e Events) bool {
	s.w.(http.Flusher).Flush()
	for _, f := range s.reply.Frames {
		s.wait(f.Pause)
		s.send(f.Raw)
	}
	if s.reply.Fault != NoFault {
		return s.fail(e)
	}
	return !s.gone
}

func (s *stream) run(e Events) bool {
	s.w.(http.Flusher).Flush()
	s.send(e.Begin())
	for range s.reply.Think {
		s.send(e.Think())
	}
	s.wait(s.reply.Delay)
	for i, p := range s.reply.Pieces {
		if s.reply.Fault != NoFault && i == s.reply.After {
			return s.fail(e)
		}
		if i > 0 {
			s.wait(s.reply.Gap)
		}
		if s.gone {
			return false
		}
		s.send(e.Piece(p))
	}
	if s.reply.Fault != NoFault {
		return s.fail(e)
	}
	s.send(e.End())
	return !s.gone
}

func (s *stream) fail(e Events) bool {
	switch s.reply.Fault {
	case Cut:
		panic(http.ErrAbortHandler)
	case Malformed:
		s.send("data: {\"broken\n\n")
		s.send("event: content_block_delta\ndata: {\"broken\n\n")
	case ErrorNow:
		code := s.reply.Code
		if code == "" {
			code = "overloaded_error"
		}
		s.send(e.Failure(code, "scripted failure"))
	case Hang:
		<-s.req.Context().Done()
		return false
	case KeepAlive:
		for !s.gone {
			s.send(e.KeepAlive())
			s.wait(time.Second)
		}
		return false
	case HugeLine:
		s.send(e.Piece(strings.Repeat("x", 2<<20)))
	}
	return !s.gone
}

// wait lets time pass, unless the client goes away.
func (s *stream) wait(d time.Duration) {
	if d <= 0 || s.gone {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.req.Context().Done():
		s.gone = true
	}
}

// send writes raw text and flushes it, in slices where the reply wants them.
func (s *stream) send(raw string) {
	size := s.reply.Slice
	if size <= 0 {
		size = len(raw)
	}
	for len(raw) > 0 && !s.gone {
		n := min(size, len(raw))
		_, _ = s.out.WriteString(raw[:n]) // Flush reports the error
		if s.out.Flush() != nil {
			s.gone = true
		}
		s.w.(http.Flusher).Flush()
		raw = raw[n:]
		s.wait(s.reply.SliceGap)
	}
}

// model is what an answer calls its model.
func (r Reply) model(c Call) string {
	if r.Model != "" {
		return r.Model
	}
	return c.Model
}

// usage is what the reply reports, counted from the words where the script gives none.
func (r Reply) usage(c Call) Usage {
	if r.Usage != (Usage{}) {
		return r.Usage
	}
	count := func(text string) int { return len(strings.Fields(text))*4/3 + 1 }
	return Usage{Input: count(c.System + " " + c.Prompt), Output: count(strings.Join(r.Pieces, ""))}
}
