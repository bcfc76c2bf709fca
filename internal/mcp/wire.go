package mcp

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

// Error codes of JSON-RPC 2.0 and MCP.
const (
	rpcParse       = -32700
	rpcInvalid     = -32600
	rpcNoMethod    = -32601
	rpcBadParams   = -32602
	rpcInternal    = -32603
	rpcNoResource  = -32002 // legacy only
	rpcForbidden   = -31003 // ours, outside of the reserved range
	rpcRateLimited = -31029
	rpcCancelled   = -31099 // never sent: a cancelled call gets no response
)

// message is what the router must know of a JSON-RPC message.
type message struct {
	id     json.RawMessage // nil of a notification
	method string          // "" of a response
	fault  string          // what is wrong with its params; empty: nothing
	modern bool            // it names its protocol's version itself
}

// messageOf reads the members of a message by their exact names, as the SDK does: what
// is checked here must be what is done there.
func messageOf(tree any) (m message, ok bool) {
	fields, ok := tree.(map[string]any)
	if !ok || fields["jsonrpc"] != "2.0" {
		return m, false
	}
	if id, given := fields["id"]; given {
		if !exactID(id) {
			return m, false
		}
		m.id = ops.MustEncode(id)
	}
	params, _ := fields["params"].(map[string]any)
	meta, _ := params["_meta"].(map[string]any)
	_, m.modern = meta["io.modelcontextprotocol/protocolVersion"]
	if method, given := fields["method"]; given {
		m.method, _ = method.(string)
		m.fault = faultOf(m.method, fields["params"])
		return m, m.method != ""
	}
	_, result := fields["result"]
	_, failure := fields["error"]
	return m, m.id != nil && result != failure
}

// rpcError responds with a JSON-RPC error.
func rpcError(w http.ResponseWriter, status int, id json.RawMessage, code int, text string) {
	if id == nil {
		id = json.RawMessage("null")
	}
	var b bytes.Buffer
	_ = ops.Encode(&b, struct { // plain fields cannot fail
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   rpcFailure      `json:"error"`
	}{"2.0", id, rpcFailure{Code: code, Message: text}})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader is gone if it fails
}

// accepting serves a client that does not accept both JSON and a stream, which the SDK
// insists on: one that takes only JSON gets the last message of the stream.
func accepting(w *translator, r *http.Request, h http.Handler) {
	defer w.end()
	streams := ops.AcceptsMedia(r.Header.Values("Accept"), "text/event-stream").Quality > 0
	r.Header.Set("Accept", "application/json, text/event-stream")
	if streams {
		w.Header().Set("X-Accel-Buffering", "no")
		h.ServeHTTP(w, r)
		return
	}
	whole := &collected{header: w.Header(), status: http.StatusOK}
	h.ServeHTTP(whole, r)
	body := whole.body.Bytes()
	if strings.HasPrefix(whole.header.Get("Content-Type"), "text/event-stream") {
		body = lastMessage(&whole.body)
		whole.header["Content-Type"] = []string{"application/json"}
	}
	w.WriteHeader(whole.status)
	_, _ = w.Write(body) // the reader is gone if it fails
}

// collected is a response that is held back until it is whole.
type collected struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *collected) Header() http.Header         { return c.header }
func (c *collected) WriteHeader(status int)      { c.status = status }
func (c *collected) Write(b []byte) (int, error) { return c.body.Write(b) }
func (c *collected) Flush()                      {}

// lastMessage is the data of the last event: the response, after all notifications.
func lastMessage(r io.Reader) []byte {
	events := sse.NewReader(r)
	var last string
	for {
		e, err := events.Next()
		if err != nil {
			return []byte(last)
		}
		last = e.Data
	}
}

// translator sits between the SDK and the client, for the things in which the SDK
// differs from what this server promises. A refusal in plain text becomes a JSON-RPC
// error, by its status alone. The error that stands for a cancelled call is dropped
// (MCP 2025-11-25, cancellation: no response). And errors are in our words.
type translator struct {
	http.ResponseWriter
	id     json.RawMessage // of the message that is served; nil: none, or a batch
	status int             // of the refusal that is held back; 0 means none
	text   bytes.Buffer
}

func inJSON(w http.ResponseWriter, id json.RawMessage) *translator {
	return &translator{ResponseWriter: w, id: id}
}

// WriteHeader holds back a refusal in plain text.
func (t *translator) WriteHeader(status int) {
	if status >= http.StatusBadRequest && strings.HasPrefix(t.Header().Get("Content-Type"), "text/plain") {
		t.status = status
		return
	}
	t.ResponseWriter.WriteHeader(status)
}

// Write passes everything on but refusals and the responses to cancelled calls.
func (t *translator) Write(b []byte) (int, error) {
	if t.status != 0 {
		return t.text.Write(b)
	}
	n := len(b)
	if b = t.judged(b); len(b) > 0 {
		if _, err := t.ResponseWriter.Write(b); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// end sends the refusal that was held back, if there is one.
func (t *translator) end() {
	if t.status == 0 {
		return
	}
	code, text := rpcInvalid, ops.Capitalize(strings.TrimSpace(t.text.String()))
	switch {
	case t.status == http.StatusNotFound:
		text = "There is no such session, or it has ended; send initialize again"
	case t.status == http.StatusForbidden:
		code, text = rpcForbidden, "This session belongs to another key"
	case t.status >= http.StatusInternalServerError:
		code = rpcInternal
	}
	rpcError(t.ResponseWriter, t.status, t.id, code, text)
}

// Flush and Unwrap keep streams flowing.
func (t *translator) Flush() {
	_ = http.NewResponseController(t.ResponseWriter).Flush() // the reader is gone if it fails
}

// Unwrap is for [http.ResponseController].
func (t *translator) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// longestError bounds the messages that are looked into: an error holds little beside
// the id that the client chose.
const longestError = 8 << 10

// judged returns what is sent for a message of the SDK's, which comes alone or as one
// event: nothing for the error of a cancelled call, our words for an error that shows
// the SDK's inside, and anything else as it is.
func (t *translator) judged(b []byte) []byte {
	if len(b) > longestError {
		return b
	}
	raw, stream := b, strings.HasPrefix(t.Header().Get("Content-Type"), "text/event-stream")
	var e sse.Event
	if stream {
		var err error
		if e, err = sse.NewReader(bytes.NewReader(b)).Next(); err != nil {
			return b
		}
		raw = []byte(e.Data)
	}
	var m struct {
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   *rpcFailure     `json:"error"`
	}
	if json.Unmarshal(raw, &m) != nil || m.Error == nil {
		return b
	}
	if m.Error.Code == rpcCancelled {
		return nil
	}
	code, message := inOurWords(m.Error.Code, m.Error.Message)
	if code == m.Error.Code && message == m.Error.Message {
		return b
	}
	m.Error.Code, m.Error.Message = code, message
	out := ops.MustEncode(m)
	if !stream {
		t.Header().Del("Content-Length")
		return out
	}
	return bytes.Replace(b, raw, out, 1)
}

// rpcFailure is the error of a JSON-RPC message.
type rpcFailure struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}
