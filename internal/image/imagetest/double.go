// Package imagetest plays image providers on the wire, for tests: a server that answers as
// its script says and remembers what it was asked, pictures to answer with, and the faults
// that every provider must handle alike.
package imagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/image"
	"vellocity/internal/outbound"
)

// Key is the key that doubles are called with. No message may show it.
const Key = "sk-imagetest-0123456789"

// Step is one response.
type Step struct {
	Status int // 0: 200
	Header http.Header
	// Body may contain {url}, which becomes the address of the double.
	Body string
	Data []byte // in place of Body
	Cut  bool   // the connection breaks instead
	// Forever has every further request answered by this step.
	Forever bool
}

// Asked is one request as it arrived.
type Asked struct {
	Method, Path, Query string
	Header              http.Header
	Fields              map[string]any    // of JSON, or the texts of a form
	Files               map[string][]byte // of a form
}

// Double is a provider that follows a script.
type Double struct {
	*httptest.Server

	t     *testing.T
	mu    sync.Mutex
	steps []Step
	asked []Asked
}

// New starts a double that plays the steps, one after the other. A request more than
// there are steps fails the test.
func New(t *testing.T, steps ...Step) *Double {
	t.Helper()
	d := &Double{t: t, steps: steps}
	d.Server = httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(d.Close)
	return d
}

// Asked returns the requests so far, in order.
func (d *Double) Asked() []Asked {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Asked(nil), d.asked...)
}

func (d *Double) serve(w http.ResponseWriter, r *http.Request) {
	got := read(d.t, r)
	d.mu.Lock()
	d.asked = append(d.asked, got)
	var s Step
	if len(d.steps) > 0 {
		if s = d.steps[0]; !s.Forever {
			d.steps = d.steps[1:]
		}
	} else {
		d.t.Errorf("unexpected request: %s %s", got.Method, got.Path)
		s.Status = http.StatusTeapot
	}
	d.mu.Unlock()
	if s.Cut {
		panic(http.ErrAbortHandler)
	}
	for name, values := range s.Header {
		w.Header()[name] = values
	}
	if s.Data == nil {
		s.Data = []byte(strings.ReplaceAll(s.Body, "{url}", d.URL))
	}
	w.WriteHeader(max(s.Status, http.StatusOK))
	_, _ = w.Write(s.Data)
}

func read(t *testing.T, r *http.Request) Asked {
	a := Asked{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header,
		Fields: map[string]any{}, Files: map[string][]byte{}}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("read a request: %v", err)
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		if err := json.Unmarshal(body, &a.Fields); err != nil {
			t.Errorf("the request is not JSON: %v", err)
		}
	case "multipart/form-data":
		parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for p, err := parts.NextPart(); err == nil; p, err = parts.NextPart() {
			data, _ := io.ReadAll(p)
			if p.FileName() != "" {
				a.Files[p.FormName()] = data
			} else {
				a.Fields[p.FormName()] = string(data)
			}
		}
	}
	return a
}

// Options are those of a client that talks to the double. Its pauses take no time, and its
// downloads go through the real guard, which is open for this machine alone.
func (d *Double) Options(k image.Kind) image.Options {
	u, err := url.Parse(d.URL)
	if err != nil {
		d.t.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		d.t.Fatal(err)
	}
	guard := outbound.Policy{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		HTTP:  true, Ports: []uint16{uint16(port)},
	}
	client := guard.Client()
	d.t.Cleanup(client.CloseIdleConnections)
	return image.Options{
		Kind:     k,
		Config:   image.Config{BaseURL: d.URL, Key: domain.Secret(Key), HTTP: client},
		Download: client,
		Wait:     func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// Client returns a client that talks to the double.
func (d *Double) Client(k image.Kind) *image.Client { return image.NewClient(d.Options(k)) }
