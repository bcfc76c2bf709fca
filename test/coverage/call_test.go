package coverage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"vellocity/test/product"
)

// call is a call of an operation, to be made over REST or as a tool.
type call struct {
	op     *operation
	params map[string]string // of path and query
	body   string            // JSON; empty: none
	key    string
	header map[string]string // REST only
	wait   bool              // for the end of what it starts
}

// answer is what came back. Of a tool, the status is that of its error code.
type answer struct {
	status int
	header http.Header
	raw    []byte
}

// client makes calls. What it sends is compressed by nobody, so that ETags stay the same.
var client = &http.Client{ //nolint:gochecknoglobals // its connections are shared by all calls
	Timeout:   stage,
	Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64},
}

// plain is the call without conditions, keys against repetition, and waiting.
func (c call) plain() call {
	c.header, c.wait = nil, false
	return c
}

// address is the path and query of a call.
func (c call) address() string {
	path, query := c.op.path, url.Values{}
	for name, value := range c.params {
		if marked := "{" + name + "}"; strings.Contains(path, marked) {
			path = strings.Replace(path, marked, url.PathEscape(value), 1)
		} else {
			query.Set(name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// rest makes the call over REST.
func (c call) rest(t *testing.T, s *product.Server) answer {
	t.Helper()
	a, err := c.try(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// try is [call.rest] for a call that may come to nothing.
func (c call) try(ctx context.Context, s *product.Server) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, c.op.method, s.URL()+c.address(), strings.NewReader(c.body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", c.op.accept())
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.wait {
		req.Header.Set("Prefer", "wait=60")
	}
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	return send(req)
}

func send(req *http.Request) (answer, error) {
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
	}
	return answer{res.StatusCode, res.Header, raw}, nil
}

// arguments are those of the tool: path, query and body in one object.
func (c call) arguments(t *testing.T) map[string]any {
	t.Helper()
	args := map[string]any{}
	if c.body != "" {
		if err := json.Unmarshal([]byte(c.body), &args); err != nil {
			t.Fatalf("%s: %v in %s", c.op.ID, err, c.body)
		}
	}
	for name, value := range c.params {
		args[name] = value
		for _, p := range c.op.Parameters {
			if n, err := strconv.Atoi(value); err == nil && p.Name == name && p.Schema.kind() == "integer" {
				args[name] = n
			}
		}
	}
	if c.wait {
		args["wait"] = 30
	}
	return args
}

// mcp makes the call as a tool, without a session (MCP 2026-07-28).
func (c call) mcp(t *testing.T, s *product.Server, more map[string]any) answer {
	t.Helper()
	a, err := c.tryMCP(t.Context(), t, s, more)
	if err != nil {
		t.Fatal(err)
	}
	return c.toolAnswer(t, a)
}

// tryMCP is [call.mcp] for a call that may come to nothing. Its answer is that of HTTP.
func (c call) tryMCP(ctx context.Context, t *testing.T, s *product.Server, more map[string]any) (answer, error) {
	t.Helper()
	const version = "2026-07-28"
	args := c.arguments(t)
	maps.Copy(args, more)
	type object = map[string]any
	body, err := json.Marshal(object{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": object{
		"name": c.op.ID, "arguments": args,
		"_meta": object{
			"io.modelcontextprotocol/protocolVersion":    version,
			"io.modelcontextprotocol/clientCapabilities": object{},
			"io.modelcontextprotocol/clientInfo":         object{"name": "coverage", "version": "1"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+base+"/mcp", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + c.key, "Content-Type": "application/json", "Accept": "application/json",
		"Mcp-Protocol-Version": version, "Mcp-Method": "tools/call", "Mcp-Name": c.op.ID,
	} {
		req.Header.Set(name, value)
	}
	return send(req)
}

// toolAnswer reads the answer of a tool: a success has the operation's own status. What is refused
// before a tool is called has the status of HTTP: too many calls, and what the server cannot do.
func (c call) toolAnswer(t *testing.T, a answer) answer {
	t.Helper()
	var message struct {
		Result struct {
			IsError           bool
			StructuredContent json.RawMessage
			Content           []struct{ Text string }
		}
		Error *struct{ Message string }
	}
	if err := json.Unmarshal(a.raw, &message); err != nil {
		t.Fatalf("tool %s: %d %v in %.500s", c.op.ID, a.status, err, a.raw)
	}
	switch text := ""; {
	case message.Error != nil && a.status >= http.StatusTooManyRequests:
		if a.status != http.StatusInternalServerError && a.header.Get("Retry-After") == "" {
			t.Errorf("tool %s: %d without Retry-After: %s", c.op.ID, a.status, a.raw)
		}
		return a
	case message.Error != nil:
		t.Fatalf("tool %s: %d %s", c.op.ID, a.status, a.raw)
	case message.Result.IsError:
		if len(message.Result.Content) > 0 {
			text = message.Result.Content[0].Text
		}
		code, _, _ := strings.Cut(text, ":")
		status, known := statusOf[code]
		if !known {
			t.Errorf("tool %s answers an unknown code: %s", c.op.ID, text)
		}
		return answer{status, a.header, []byte(text)}
	}
	if err := fits(c.op.tool, message.Result.StructuredContent); err != nil {
		t.Errorf("tool %s answers otherwise than it says: %v", c.op.ID, err)
	}
	return answer{c.op.success(), a.header, message.Result.StructuredContent}
}

// statusOf is the status that each error code has over REST.
var statusOf = map[string]int{ //nolint:gochecknoglobals // a table
	"BAD_REQUEST": 400, "UNAUTHORIZED": 401, "INSUFFICIENT_CREDITS": 402, "FORBIDDEN": 403, "PLAN_LIMIT": 403,
	"NOT_FOUND": 404, "CONFLICT": 409, "PRECONDITION_FAILED": 412, "VALIDATION_ERROR": 422, "RATE_LIMITED": 429,
	"SERVER_ERROR": 500, "PROVIDER_ERROR": 502, "UNAVAILABLE": 503, "STORAGE_FULL": 507,
}

// at returns what stands at a path of the answer, such as data.0.id, or header.Location.
func (a answer) at(path string) (string, error) {
	if name, ok := strings.CutPrefix(path, "header."); ok {
		return a.header.Get(name), nil
	}
	d := json.NewDecoder(bytes.NewReader(a.raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", fmt.Errorf("%w in %.300s", err, a.raw)
	}
	for part := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			n, err := strconv.Atoi(part)
			if err != nil || n >= len(at) {
				return "", fmt.Errorf("there is no %s in %.300s", path, a.raw)
			}
			v = at[n]
		}
	}
	if v == nil {
		return "", fmt.Errorf("there is no %s in %.300s", path, a.raw)
	}
	return fmt.Sprint(v), nil
}
