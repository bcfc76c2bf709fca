package apart

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/extract"
)

// The test's program is the child too, as the server's program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		bad := errors.New("the child has an environment of its parent")
		if _, ok := os.LookupEnv("PATH"); ok {
			panic(bad)
		}
		if os.Getenv("GOMEMLIMIT") == "" {
			panic(bad)
		}
		if err := Child(os.Stdin, os.Stdout); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == "fill" {
		bound()
		fill()
	}
	if len(os.Args) > 1 && os.Args[1] == "spin" {
		for {
			_, _ = io.Discard.Write(nil)
		}
	}
	os.Exit(m.Run())
}

func fill() {
	var all [][]byte
	for range 10_000 {
		all = append(all, bytes.Repeat([]byte{1}, 1<<20))
	}
	fmt.Println(len(all))
	os.Exit(0)
}

func reader(t *testing.T, args ...string) *Reader {
	t.Helper()
	r, err := NewReader()
	if err != nil {
		t.Fatal(err)
	}
	if len(args) > 0 {
		r.args = args
	}
	return r
}

// within is a PDF whose cross-reference stream says that object 1, the catalog, is stored in object 1: the library
// recurses until its stack is full.
func within() []byte {
	var rows, packed bytes.Buffer
	for _, row := range [][]byte{{0, 0, 0, 0}, {2, 0, 1, 0}, {1, 0, 9, 0}} {
		rows.Write(row)
	}
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(rows.Bytes())
	_ = z.Close()
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	fmt.Fprintf(&b, "2 0 obj\n<< /Type /XRef /Size 3 /W [1 2 1] /Root 1 0 R /Length %d /Filter /FlateDecode >>\n",
		packed.Len())
	b.WriteString("stream\n")
	b.Write(packed.Bytes())
	b.WriteString("\nendstream\nendobj\nstartxref\n9\n%%EOF\n")
	return b.Bytes()
}

func TestAPageIsReadApart(t *testing.T) {
	data, err := os.ReadFile("../testdata/returns.pdf")
	if err != nil {
		t.Fatal(err)
	}
	r := reader(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			d, err := r.Read(t.Context(), data)
			if err != nil || d.Title != "Rückgabe" || !strings.Contains(d.Body, "five working days") {
				t.Errorf("%+v, %v", d, err)
			}
		})
	}
	all.Wait()
}

// Whatever a document does to the reader, the server gets a refusal.
func TestAHostileDocumentEndsTheChildAlone(t *testing.T) {
	refused := func(name string, r *Reader, data []byte, why string) {
		t.Helper()
		_, err := r.Read(t.Context(), data)
		var u extract.Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Why, why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("an object within itself", reader(t), within(), "or too large to read")
	refused("no PDF", reader(t), []byte("%PDF-"), "damaged")
	refused("too large", reader(t), make([]byte, extract.MaxFile+1), "at most")
	refused("memory without end", reader(t, "fill"), nil, "too large")
	r := reader(t, "spin")
	r.longest = 300 * time.Millisecond
	refused("time without end", r, nil, "takes longer")
	ctx, done := context.WithCancel(t.Context())
	done()
	if _, err := reader(t).Read(ctx, within()); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has gone: %v", err)
	}
}
