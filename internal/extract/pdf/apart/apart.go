// Package apart reads PDFs in a child process of the program itself, which costs no more than its bounds: a document
// that drives the reader to run without end, to fill its memory or its stack ends the child, and nothing else. The
// child gets the document on its standard input, an empty environment, and no files.
package apart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"vellocity/internal/extract"
	"vellocity/internal/extract/pdf"
)

// The bounds of the child.
const (
	longest = 10 * time.Second // for a document
	memory  = 256 << 20        // bytes
	stack   = 64 << 20         // bytes of one goroutine
	answer  = 4 << 20          // bytes of what it writes
	atOnce  = 2                // children
)

// Command is the argument that makes the program the child.
const Command = "extract-pdf"

// Reader reads documents in child processes. It is safe for use by several goroutines.
type Reader struct {
	program string
	args    []string
	places  chan struct{}
	longest time.Duration
}

// NewReader returns a reader whose children are the program that runs, with the argument [Command].
func NewReader() (*Reader, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program that reads PDFs: %w", err)
	}
	return &Reader{program, []string{Command}, make(chan struct{}, atOnce), longest}, nil
}

// said is what a child writes.
type said struct {
	Document extract.Document `json:"document"`
	Why      string           `json:"why,omitempty"` // the document cannot be read
}

// Read reads a document. Its error is an [extract.Unreadable] where the document is at fault.
func (r *Reader) Read(ctx context.Context, data []byte) (extract.Document, error) {
	if len(data) > extract.MaxFile {
		return extract.Document{}, extract.Unreadable{Why: fmt.Sprintf("has %d bytes, and at most %d are allowed. Split it",
			len(data), extract.MaxFile)}
	}
	select {
	case r.places <- struct{}{}:
		defer func() { <-r.places }()
	case <-ctx.Done():
		return extract.Document{}, ctx.Err()
	}
	bounded, done := context.WithTimeout(ctx, r.longest)
	defer done()
	c := exec.CommandContext(bounded, r.program, r.args...) //nolint:gosec // the program itself
	c.Env = []string{fmt.Sprintf("GOMEMLIMIT=%d", memory*3/4), "GOMAXPROCS=1", "GOTRACEBACK=none"}
	c.Stdin = bytes.NewReader(data)
	out := &limited{left: answer}
	c.Stdout = out
	c.WaitDelay = time.Second
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return extract.Document{}, ctx.Err()
	case bounded.Err() != nil:
		return extract.Document{}, extract.Unreadable{
			Why: fmt.Sprintf("takes longer than %v to read. Split it, or save its text as %s", r.longest, extract.Others()),
		}
	case errors.As(err, new(*exec.ExitError)):
		return extract.Document{}, extract.Unreadable{
			Why: "is damaged, or too large to read. Save it as a new PDF, or its text as " + extract.Others(),
		}
	case err != nil:
		return extract.Document{}, fmt.Errorf("start the reader of PDFs: %w", err)
	}
	var s said
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		return extract.Document{}, fmt.Errorf("read what the reader of PDFs wrote: %w", err)
	}
	if s.Why != "" {
		return extract.Document{}, extract.Unreadable{Why: s.Why}
	}
	return s.Document, nil
}

// limited keeps what is written, up to a bound.
type limited struct {
	bytes.Buffer
	left int
}

// Write refuses more than the bound.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errors.New("the reader of PDFs writes too much")
	}
	return l.Buffer.Write(p)
}

// Child is the work of the child: a document from in, what it says to out.
func Child(in io.Reader, out io.Writer) error {
	debug.SetMaxStack(stack)
	bound()
	data, err := io.ReadAll(io.LimitReader(in, extract.MaxFile+1))
	if err != nil {
		return fmt.Errorf("read a PDF: %w", err)
	}
	var s said
	var u extract.Unreadable
	if s.Document, err = pdf.Read(data); errors.As(err, &u) {
		s.Why = u.Why
	} else if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(s); err != nil {
		return fmt.Errorf("write the text of a PDF: %w", err)
	}
	return nil
}
