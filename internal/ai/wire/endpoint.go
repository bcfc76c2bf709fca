package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"vellocity/internal/ai"
)

// Endpoint is one address that takes JSON and returns a stream.
type Endpoint struct {
	provider, key string
	url           *url.URL
	header        http.Header
	sign          func(body []byte) map[string]string
	client        *http.Client
}

// Target describes an endpoint, as an operator or a workspace typed it in.
type Target struct {
	Provider string // what it is called in messages
	BaseURL  string
	Key      string
	Example  string // a valid address, for messages
	Path     string // of the calls, after BaseURL and a slash; empty: BaseURL as it is
	// Header is sent with each call, in addition to what every call has. The key
	// belongs here.
	Header map[string]string
	// Sign returns the headers that depend on the body of a call; nil: there are none.
	Sign   func(body []byte) map[string]string
	Client *http.Client // nil means [NewClient]
}

// NewEndpoint checks the address and the key. The error is safe to show.
func NewEndpoint(t Target) (*Endpoint, error) {
	t.Key = bareKey(t.Key)
	address := t.BaseURL
	if t.Path != "" {
		address = strings.TrimSuffix(address, "/")
	}
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("the address of %s must be an http or https URL, such as %s", t.Provider, t.Example)
	}
	if strings.ContainsFunc(t.Key, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return nil, fmt.Errorf("the key of %s has a space or a line break in it; copy it again", t.Provider)
	}
	header := http.Header{
		"Accept":          {"text/event-stream"},
		"Accept-Encoding": {"identity"}, // unpacking takes 40 kB per open answer
		"Content-Type":    {"application/json"},
		"User-Agent":      {"vellocity"},
	}
	for name, value := range t.Header {
		header.Set(name, value)
	}
	return &Endpoint{
		provider: t.Provider,
		key:      t.Key,
		url:      join(base, t.Path),
		header:   header,
		sign:     t.Sign,
		client:   careful(t.Client),
	}, nil
}

// join returns the address of the calls. A base that already has the path, or its
// version, does not get it twice.
func join(base *url.URL, path string) *url.URL {
	if path == "" {
		return base
	}
	whole := strings.TrimSuffix(base.Path, "/")
	if strings.HasSuffix(whole, "/"+path) {
		return base
	}
	version, rest, _ := strings.Cut(path, "/")
	if version == "v1" && strings.HasSuffix(whole, "/v1") {
		path = rest
	}
	return base.JoinPath(path)
}

// Hostname returns the host that the endpoint is on, without the port.
func (e *Endpoint) Hostname() string { return e.url.Hostname() }

// bareKey returns a key without what editors and shells leave around it: a byte order
// mark, or the quotes of an environment file.
func bareKey(key string) string {
	key = strings.TrimPrefix(key, "\ufeff")
	for _, q := range []string{`"`, "'"} {
		if inner, ok := strings.CutPrefix(key, q); ok && len(key) > 1 && strings.HasSuffix(inner, q) {
			return strings.TrimSuffix(inner, q)
		}
	}
	return key
}

// Call is what is known of a call besides its body.
type Call struct {
	Optional  []string // the parameters in it that can be omitted
	MaxTokens int      // the limit of the answer in it; 0: none
	Alive     func()   // is called whenever something arrives; may be nil
}

// Open posts the body as JSON and returns once the response begins. The error is the
// context's when that is done, else an [*ai.Error].
func (e *Endpoint) Open(ctx context.Context, body any, call Call) (*Stream, error) {
	about := ai.Fault{Provider: e.provider, Optional: call.Optional, MaxTokens: call.MaxTokens, Secret: e.key}
	inner, cancel := context.WithCancel(ctx)
	resp, err := e.post(inner, body) //nolint:bodyclose // the stream closes it
	if err != nil {
		cancel()
		return nil, fail(ctx, err, about)
	}
	about.Status = resp.StatusCode
	alive := call.Alive
	if alive == nil {
		alive = func() {}
	}
	return newStream(ctx, cancel, resp, about, alive), nil
}

// post returns a response with status 200, or an error.
func (e *Endpoint) post(ctx context.Context, body any) (*http.Response, error) {
	sent := &payload{}
	defer sent.drop()
	if err := sent.encode(body); err != nil {
		return nil, (&ai.Error{Provider: e.provider, Kind: ai.KindRequest,
			Message: "The request to " + e.provider + " has a value that cannot be sent, " +
				"such as a creativity that is not a number."}).Because(err)
	}
	first, _ := sent.reader() // which cannot fail
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url.String(), first)
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	req.Header = e.header // shared by all calls: a client may not change it
	if e.sign != nil {
		req.Header = e.header.Clone()
		for name, value := range e.sign(sent.data) {
			req.Header.Set(name, value)
		}
	}
	req.ContentLength, req.GetBody = int64(len(sent.data)), sent.reader
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // a part of it is enough: only words are looked for
	_ = resp.Body.Close()
	return nil, refuse(resp, said)
}

// payload is the body of a request. A response keeps its request until it is read to
// the end, so the bytes are released explicitly when the response begins.
type payload struct{ data []byte }

func (p *payload) encode(v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	p.data = buf.Bytes()
	return err
}

// reader gives the body, again where a connection turns out to be closed.
func (p *payload) reader() (io.ReadCloser, error) { return &payloadReader{rest: p.data}, nil }

func (p *payload) drop() { p.data = nil }

// payloadReader reads a payload and releases it at the end.
type payloadReader struct{ rest []byte }

func (r *payloadReader) Read(into []byte) (int, error) {
	if len(r.rest) == 0 {
		r.rest = nil
		return 0, io.EOF
	}
	n := copy(into, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *payloadReader) Close() error { return nil }
