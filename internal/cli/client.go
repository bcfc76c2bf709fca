// Package cli turns the operation table into commands: vellocity <noun> <verb>, one for
// each row. A command builds the row's request from its flags, sends it to a server, and
// prints the response as a small table, as lines, or as JSON. Data goes to standard
// output, everything else to standard error. It knows no noun.
package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Client calls a server: over TCP, a Unix socket or in the same process, as its HTTP
// client decides.
type Client struct {
	HTTP *http.Client
	Base string // http://127.0.0.1:8080
	Key  string // empty for a server that knows its caller otherwise
	// Close closes what was opened for this command. Nil: nothing was.
	Close func() error
}

// Failure is an error that the server returned.
type Failure struct {
	Status  int
	Code    string
	Message string
	Details map[string]any
	Request string // its id, to ask about
}

// Error implements error: each fault is on a line of its own.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", f.Message, f.Code)
	for _, name := range slices.Sorted(maps.Keys(f.Details)) {
		if faults, ok := f.Details[name].([]any); ok {
			if len(f.Details) == 1 && len(faults) == 1 && faults[0] == f.Message {
				continue
			}
			for _, text := range faults {
				fmt.Fprintf(&b, "\n  %s: %v", name, text)
			}
			continue
		}
		fmt.Fprintf(&b, "\n  %s: %s", name, compact(f.Details[name]))
	}
	if f.Status >= 500 && f.Request != "" {
		fmt.Fprintf(&b, "\n  request: %s", f.Request)
	}
	return b.String()
}

// request is one call, before it is sent.
type request struct {
	method, path string
	header       http.Header
	body         map[string]any // nil: none
}

// send sends the request. An error response is returned as a [Failure].
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("write the body: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, strings.TrimSuffix(c.Base, "/")+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	maps.Copy(req.Header, r.header)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach the server: %w", err)
	}
	if resp.StatusCode >= 400 {
		defer resp.Body.Close()
		return nil, failure(resp)
	}
	return resp, nil
}

// Call sends body as JSON, if there is one, and decodes the response into out. ifMatch is the
// value of the If-Match header; empty: none. An error response is returned as a [Failure].
func (c *Client) Call(ctx context.Context, method, path, ifMatch string, body map[string]any, out any) error {
	r := request{method: method, path: path, header: http.Header{}, body: body}
	if ifMatch != "" {
		r.header.Set("If-Match", ifMatch)
	}
	resp, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	return nil
}

func failure(resp *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var answer struct {
		Error struct {
			Code      string         `json:"code"`
			Message   string         `json:"message"`
			Details   map[string]any `json:"details"`
			RequestID string         `json:"request_id"`
		} `json:"error"`
	}
	if err = errors.Join(err, json.Unmarshal(raw, &answer)); err != nil || answer.Error.Code == "" {
		return &Failure{
			Status:  resp.StatusCode,
			Code:    http.StatusText(resp.StatusCode),
			Message: fmt.Sprintf("The server returned %d without an error that Vellocity knows", resp.StatusCode),
		}
	}
	e := answer.Error
	return &Failure{resp.StatusCode, e.Code, e.Message, e.Details, e.RequestID}
}
