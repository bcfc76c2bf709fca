// Package sse writes and reads Server-Sent Events as the WHATWG HTML standard (section
// 9.2) describes them, with the additional rules of the API contract: a comment as
// heartbeat, a deadline per flush, and exactly one data: [DONE] at the end of every
// stream, even of one that failed.
package sse

import (
	"bufio"
	"io"
	"strings"
)

// The buffer of a line in bytes: its initial size, which is enough for most events and
// small for many waiting streams, and its maximum.
const (
	startLine = 1 << 10
	maxLine   = 1 << 20
)

// Reader reads the events of a stream.
type Reader struct {
	lines  *bufio.Scanner
	lastID string
}

// NewReader returns a reader of the events of r.
func NewReader(r io.Reader) *Reader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, startLine), maxLine)
	s.Split(splitLine)
	return &Reader{lines: s}
}

// LastID returns the id that a reader resumes after.
func (r *Reader) LastID() string { return r.lastID }

// Next returns the next event that carries data, or io.EOF at the end of the
// stream. An event that was cut off by the end is dropped, as the standard says.
func (r *Reader) Next() (Event, error) {
	var e Event
	var data []string
	for r.lines.Scan() {
		line := strings.TrimPrefix(r.lines.Text(), "\ufeff")
		if line == "" {
			if data == nil {
				e = Event{}
				continue
			}
			e.ID, e.Data = r.lastID, strings.Join(data, "\n")
			return e, nil
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "data":
			data = append(data, value)
		case "event":
			e.Name = value
		case "id":
			r.lastID = value
		}
	}
	if err := r.lines.Err(); err != nil {
		return Event{}, err
	}
	return Event{}, io.EOF
}

// splitLine ends a line at LF, CR LF or a lone CR.
func splitLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	for i, c := range data {
		switch {
		case c == '\n':
			return i + 1, data[:i], nil
		case c == '\r' && i+1 < len(data):
			if data[i+1] == '\n' {
				return i + 2, data[:i], nil
			}
			return i + 1, data[:i], nil
		case c == '\r' && atEOF:
			return i + 1, data[:i], nil
		}
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
