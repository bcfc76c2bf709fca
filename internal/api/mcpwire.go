package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/sse"
)

// message is what the router must know of a JSON-RPC message.
type message struct {
	id     json.RawMessage // nil of a notification
	method string          // "" of an answer
	modern bool            // it names its protocol's version itself
}

// messageOf reads the members of a message by their exact names, as the SDK
// does: what is checked here must be what is done there.
func messageOf(tree any) (m message, ok bool) {
	fields, ok := tree.(map[string]any)
	if !ok || fields["jsonrpc"] != "2.0" {
		return m, false
	}
	if id, given := fields["id"]; given {
		switch id.(type) {
		case string, json.Number:
			m.id = object(id).raw()
		default:
			return m, false
		}
	}
	params, _ := fields["params"].(map[string]any)
	meta, _ := params["_meta"].(map[string]any)
	_, m.modern = meta["io.modelcontextprotocol/protocolVersion"]
	if method, given := fields["method"]; given {
		m.method, _ = method.(string)
		return m, m.method != ""
	}
	_, result := fields["result"]
	_, failure := fields["error"]
	return m, m.id != nil && result != failure
}

// rpcError answers with a JSON-RPC error.
func rpcError(w http.ResponseWriter, status int, id json.RawMessage, code int, text string) {
	if id == nil {
		id = json.RawMessage("null")
	}
	type failure struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	var b bytes.Buffer
	_ = encode(&b, struct { // plain fields cannot fail
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   failure         `json:"error"`
	}{"2.0", id, failure{code, text}})
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader is gone if it fails
}

// accepting serves a client that does not accept both forms, as the SDK demands
// that it does: one that takes only JSON gets the last message of the stream.
func accepting(w http.ResponseWriter, r *http.Request, h http.Handler) {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	streams := accept == "" || strings.Contains(accept, "text/event-stream") || strings.Contains(accept, "text/*") || strings.Contains(accept, "*/*")
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

// collected is an answer held back until it is whole.
type collected struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *collected) Header() http.Header         { return c.header }
func (c *collected) WriteHeader(status int)      { c.status = status }
func (c *collected) Write(b []byte) (int, error) { return c.body.Write(b) }
func (c *collected) Flush()                      {}

// lastMessage is the data of the last event: the answer, after all notifications.
func lastMessage(r io.Reader) []byte {
	events := sse.NewReader(r)
	var last string
	for {
		e, err := events.Next()
		if errors.Is(err, io.EOF) || err != nil {
			return []byte(last)
		}
		last = e.Data
	}
}

// spoken serves and gives the SDK's refusals, which are plain text, the form of
// JSON-RPC errors.
func spoken(w http.ResponseWriter, id json.RawMessage, serve func(http.ResponseWriter)) {
	s := &speaker{ResponseWriter: w}
	serve(s)
	if s.status == 0 {
		return
	}
	code, text := rpcInvalid, sentence(strings.TrimPrefix(strings.TrimSpace(s.text.String()), "Bad Request: "))
	switch {
	case s.status == http.StatusNotFound:
		text = "There is no such session, or it has ended; send initialize again"
	case s.status == http.StatusForbidden:
		code, text = rpcForbidden, "This session belongs to another key"
	case strings.HasPrefix(text, "Invalid request: "):
		code, text = rpcBadParams, sentence(strings.TrimPrefix(text, "Invalid request: "))
	case s.status >= http.StatusInternalServerError:
		code = rpcInternal
	}
	rpcError(w, s.status, id, code, text)
}

// cancelled marks the answer that the SDK gives to a cancelled call all the same.
var cancelled = []byte(`"error":{"code":` + strconv.Itoa(rpcCancelled) + `,`)

// speaker holds back an answer in plain text, and what a cancelled call is
// answered, which its caller shall not get (MCP 2025-11-25, cancellation).
type speaker struct {
	http.ResponseWriter
	status int // of the answer held back; 0 means none
	text   bytes.Buffer
}

func (s *speaker) WriteHeader(status int) {
	if status >= http.StatusBadRequest && strings.HasPrefix(s.Header().Get("Content-Type"), "text/plain") {
		s.status = status
		return
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *speaker) Write(b []byte) (int, error) {
	if s.status != 0 {
		return s.text.Write(b)
	}
	if bytes.Contains(b[:min(len(b), 512)], cancelled) {
		return len(b), nil
	}
	return s.ResponseWriter.Write(b)
}

// Flush and Unwrap keep streams flowing.
func (s *speaker) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() } // the reader is gone if it fails

func (s *speaker) Unwrap() http.ResponseWriter { return s.ResponseWriter }
