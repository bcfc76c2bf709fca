package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/config"
)

// client calls a server: a local one over its control socket, a remote one with a
// key, or, if none is running, one inside this process.
type client struct {
	*http.Client
	base string
	key  string
	stop func() error
}

// connectTo finds the server that a command calls. work says that the command needs
// executions to run, so that a server inside this process must run them.
func (s *settings) connectTo(c *cobra.Command, work bool) (*client, error) {
	key := s.key
	if key == "" {
		key = os.Getenv("VELLOCITY_KEY")
	}
	server := s.server
	if server == "" {
		server = os.Getenv("VELLOCITY_SERVER")
	}
	if server != "" {
		if s.workspace != "" {
			return nil, usageError{errors.New("--workspace is for the server's operator; with --server the key says which")}
		}
		if key == "" {
			return nil, usageError{errors.New("--server needs a key: set VELLOCITY_KEY")}
		}
		return &client{Client: &http.Client{}, base: server, key: key, stop: func() error { return nil }}, nil
	}
	cfg, err := s.load(c)
	if err != nil {
		return nil, err
	}
	if over, ok := overSocket(c.Context(), filepath.Join(cfg.Data, app.SocketName)); ok {
		return over.in(s.workspace), nil
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "vellocity.db")); err != nil && cfg.Database == "" && !work {
		return nil, usageError{fmt.Errorf("there is no installation in %s: start the server there, "+
			"or name its place with --data or --server", cfg.Data)}
	}
	here, err := inProcess(c, cfg, work)
	if err != nil {
		return nil, err
	}
	return here.in(s.workspace), nil
}

// in returns the client with the workspace that the operator acts in; "" is the first.
func (c *client) in(workspace string) *client {
	if workspace != "" {
		c.Transport = named{c.Transport, workspace}
	}
	return c
}

// named names the workspace in each request.
type named struct {
	http.RoundTripper
	workspace string
}

// RoundTrip implements [http.RoundTripper].
func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(app.WorkspaceHeader, n.workspace)
	return n.RoundTripper.RoundTrip(r)
}

func overSocket(ctx context.Context, path string) (*client, bool) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	brief, done := context.WithTimeout(ctx, time.Second)
	defer done()
	probe, err := dial(brief, "", "")
	if err != nil {
		return nil, false
	}
	_ = probe.Close() // it only showed that a server listens
	return &client{
		Client: &http.Client{Transport: &http.Transport{DialContext: dial}},
		base:   "http://vellocity",
		stop:   func() error { return nil },
	}, true
}

// inProcess opens the database itself.
func inProcess(c *cobra.Command, cfg *config.Config, work bool) (*client, error) {
	a, err := app.New(c.Context(), cfg, logger(cfg))
	if err != nil {
		return nil, err
	}
	if _, _, err := a.Engine.Account.Bootstrap(c.Context()); err != nil {
		return nil, errors.Join(err, stop(a))
	}
	if work {
		if err := a.Start(c.Context()); err != nil {
			return nil, errors.Join(err, stop(a))
		}
	}
	return &client{
		Client: &http.Client{Transport: direct{a.Operator()}},
		base:   "http://vellocity",
		stop:   func() error { return stop(a) },
	}, nil
}

// direct is a transport that passes requests to a handler in this process and
// streams the response body.
type direct struct{ http.Handler }

// RoundTrip implements [http.RoundTripper].
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	body, write := io.Pipe()
	w := &piped{header: http.Header{}, body: write, ready: make(chan struct{})}
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "@"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	go func() {
		d.ServeHTTP(w, in)
		w.WriteHeader(http.StatusOK)
		_ = write.Close() // a pipe's Close never fails
	}()
	select {
	case <-w.ready:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode:    w.status,
		Status:        http.StatusText(w.status),
		Header:        w.sent,
		Body:          body,
		Request:       r,
		ProtoMajor:    1,
		ProtoMinor:    1,
		ContentLength: -1,
	}, nil
}

type piped struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	ready        chan struct{}
}

// Header implements [http.ResponseWriter].
func (p *piped) Header() http.Header { return p.header }

// WriteHeader implements [http.ResponseWriter].
func (p *piped) WriteHeader(status int) {
	if p.status != 0 || status < 200 {
		return
	}
	p.status, p.sent = status, p.header.Clone()
	close(p.ready)
}

// Write implements [http.ResponseWriter].
func (p *piped) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}

// Flush implements [http.Flusher]: a pipe holds nothing back.
func (p *piped) Flush() { p.WriteHeader(http.StatusOK) }

// SetWriteDeadline is for [http.ResponseController]: a pipe within the process
// has no slow reader.
func (p *piped) SetWriteDeadline(time.Time) error { return nil }

// SetReadDeadline is for [http.ResponseController].
func (p *piped) SetReadDeadline(time.Time) error { return nil }

// failure is an error response of the server.
type failure struct {
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Details json.RawMessage `json:"details"`
}

func (f *failure) Error() string {
	if len(f.Details) > 0 && string(f.Details) != "null" {
		return fmt.Sprintf("%s (%s) %s", f.Message, f.Code, f.Details)
	}
	return fmt.Sprintf("%s (%s)", f.Message, f.Code)
}

// call sends JSON and reads the data of the response into out.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		body = bytes.NewReader(text)
	}
	resp, err := c.open(ctx, method, path, body, "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return nil
	}
	var answer struct {
		Success bool            `json:"success"`
		Data    json.RawMessage `json:"data"`
		Error   *failure        `json:"error"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("the server responded with %d and a body that is not JSON: %w", resp.StatusCode, err)
	}
	if answer.Error != nil {
		return answer.Error
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Data, out)
}

func (c *client) open(ctx context.Context, method, path string, body io.Reader, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("create the request: %w", err)
	}
	req.Header.Set("Accept", accept)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach the server: %w", err)
	}
	return resp, nil
}
