package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"

	"vellocity/internal/sse"
)

// mostBody bounds a response that is no stream, in bytes.
const mostBody = 64 << 20

// errGone says that the server does not know the session.
var errGone = errors.New("the server has ended this session")

// carry posts a message and passes on everything that comes back. Of a request the error
// says that no response came. c is nil for what takes none.
func (b *bridge) carry(ctx context.Context, m message, c *call) error {
	known := b.session.current()
	err := b.post(ctx, m, c, known.id, known.version)
	if !errors.Is(err, errGone) || m.modern() || m.Method == "initialize" {
		return err
	}
	if err := b.renew(ctx, known.id); err != nil {
		return err
	}
	known = b.session.current()
	return b.post(ctx, m, c, known.id, known.version)
}

// post sends one message in a session; both are empty without one.
func (b *bridge) post(ctx context.Context, m message, c *call, session, version string) error {
	if c != nil {
		var once sync.Once
		known := func() { once.Do(c.announce) }
		defer known()
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			WroteRequest: func(httptrace.WroteRequestInfo) { known() },
		})
	}
	resp, err := b.send(ctx, http.MethodPost, m, session, version)
	if err != nil {
		return b.unreachable(ctx, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound && session != "" && !m.modern():
		return errGone
	case m.Method == "initialize" && resp.StatusCode == http.StatusOK:
		b.session.is(resp.Header.Get("Mcp-Session-Id"))
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return b.pass(ctx, resp.Body, m)
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, mostBody))
	if err != nil {
		return b.unreachable(ctx, err)
	}
	return b.whole(resp, bytes.TrimSpace(raw), m)
}

// announce says that the call was sent.
func (c *call) announce() {
	select {
	case <-c.sent:
	default:
		close(c.sent)
	}
}

// send makes the HTTP request.
func (b *bridge) send(
	ctx context.Context, method string, m message, session, version string,
) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, b.o.URL, bytes.NewReader(m.raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("User-Agent", "vellocity-mcp-bridge")
	if len(m.raw) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.o.Key != "" {
		req.Header.Set("Authorization", "Bearer "+b.o.Key)
	}
	switch {
	case m.modern():
		m.mirror(req.Header)
	case m.Method != "initialize":
		if session != "" {
			req.Header.Set("Mcp-Session-Id", session)
		}
		if version != "" {
			req.Header.Set("Mcp-Protocol-Version", version)
		}
	}
	return b.o.HTTP.Do(req)
}

// whole passes on a response that is no stream.
func (b *bridge) whole(resp *http.Response, raw []byte, m message) error {
	if len(raw) == 0 {
		if m.isRequest() {
			return fmt.Errorf("the server responded with HTTP %d and no message", resp.StatusCode)
		}
		return nil
	}
	var answer struct {
		ID    json.RawMessage `json:"id"`
		Error json.RawMessage `json:"error"`
	}
	err := json.Unmarshal(raw, &answer)
	if raw[0] != '[' && (err != nil || resp.StatusCode >= 400 && answer.Error == nil) {
		return fmt.Errorf("the server at %s responded with HTTP %d, which is no MCP. Check its address",
			b.o.URL, resp.StatusCode)
	}
	if !m.isRequest() && !m.batch {
		return fmt.Errorf("the server refused a message: %s", answer.Error)
	}
	if m.isRequest() && (len(answer.ID) == 0 || string(answer.ID) == "null") { // refused before it was read
		raw = withID(raw, m.ID)
	}
	if m.Method == "initialize" {
		b.session.agreed(raw)
	}
	return b.write(raw)
}

// withID puts the id of a request into the error that it got.
func withID(raw []byte, id json.RawMessage) []byte {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	fields["id"] = id
	out, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return out
}

// pass writes the messages of a stream. The error says that it ended before the response.
func (b *bridge) pass(ctx context.Context, stream io.Reader, m message) error {
	events, answered := sse.NewReader(stream), !m.isRequest()
	for {
		e, err := events.Next()
		switch {
		case errors.Is(err, io.EOF) && answered:
			return nil
		case err != nil && answered:
			return b.unreachable(ctx, err)
		case err != nil:
			return errors.New("the connection to the server ended before its response. Try again")
		}
		if strings.TrimSpace(e.Data) == "" {
			continue
		}
		var in message
		if json.Unmarshal([]byte(e.Data), &in) == nil && in.Method == "" && m.isRequest() &&
			bytes.Equal(compact(in.ID), m.ID) {
			answered = true
			if m.Method == "initialize" {
				b.session.agreed([]byte(e.Data))
			}
		}
		if err := b.write([]byte(e.Data)); err != nil {
			return err
		}
	}
}

// unreachable says why nothing came back.
func (b *bridge) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("the call was ended")
	}
	return fmt.Errorf("the Vellocity server cannot be reached at %s: %w. Once it runs, call again", b.o.URL, rootOf(err))
}

// rootOf leaves out the address, which the message has already.
func rootOf(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
