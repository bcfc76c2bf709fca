package bridge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// Error codes of JSON-RPC 2.0, and one of ours outside of its reserved range.
const (
	codeParse       = -32700
	codeUnreachable = -31098 // the server cannot be reached, or ended before its response
)

// message is what the bridge must know of a JSON-RPC message, or of a batch.
type message struct {
	raw    []byte
	batch  bool
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

func parse(line []byte) (m message, ok bool) {
	if !json.Valid(line) {
		return m, false
	}
	m.raw = line
	switch line[0] {
	case '[': // 2025-03-26 has batches; the server checks what is in them
		m.batch = true
		return m, true
	case '{':
		err := json.Unmarshal(line, &m)
		m.ID = compact(m.ID)
		return m, err == nil
	}
	return m, false
}

// isRequest reports whether the message takes a response.
func (m message) isRequest() bool { return m.Method != "" && m.ID != nil }

// meta is what the message says of its protocol.
func (m message) meta() (version, name string) {
	var p struct {
		Meta map[string]json.RawMessage `json:"_meta"`
		Name json.RawMessage            `json:"name"`
		URI  json.RawMessage            `json:"uri"`
		Task json.RawMessage            `json:"taskId"`
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return "", ""
	}
	_ = json.Unmarshal(p.Meta["io.modelcontextprotocol/protocolVersion"], &version) // absent before 2026-07-28
	for _, raw := range []json.RawMessage{p.Name, p.URI, p.Task} {
		if json.Unmarshal(raw, &name) == nil && name != "" {
			break
		}
	}
	return version, name
}

// modern reports whether the message is of the era without sessions.
func (m message) modern() bool {
	version, _ := m.meta()
	return version != ""
}

// named are the methods whose name or address is mirrored in a header (MCP 2026-07-28,
// Streamable HTTP).
func named(method string) bool {
	return method == "tools/call" || method == "prompts/get" || method == "resources/read" ||
		strings.HasPrefix(method, "tasks/")
}

// mirror sets the headers that a message of the era without sessions has.
func (m message) mirror(h http.Header) {
	version, name := m.meta()
	h.Set("Mcp-Protocol-Version", version)
	h.Set("Mcp-Method", m.Method)
	if named(m.Method) && name != "" {
		h.Set("Mcp-Name", headerValue(name))
	}
}

// headerValue writes a text that a header cannot hold as base64.
func headerValue(s string) string {
	plain := s == strings.TrimSpace(s) && !strings.HasPrefix(s, "=?base64?")
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] <= '~'
	}
	if plain {
		return s
	}
	return "=?base64?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

// compact returns JSON without white space, so that equal ids are equal bytes; nil stays nil.
func compact(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return nil
	}
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return raw
	}
	return out.Bytes()
}
