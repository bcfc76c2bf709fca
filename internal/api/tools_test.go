package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"vellocity/internal/ops"
)

// TestToolBudget holds the list that every AI client gets, whether it needs the tools or
// not, to 24 tools and 8,000 tokens, of 3.5 bytes of JSON each.
func TestToolBudget(t *testing.T) {
	w := start(t)
	status, _, answer := w.call(t, w.first.Key.Secret, http.MethodPost, ops.Base+"/mcp",
		`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{`+
			`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`,
		"Accept: application/json, text/event-stream", "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: tools/list")
	var list struct {
		Result struct {
			Tools []json.RawMessage `json:"tools"`
		} `json:"result"`
	}
	_, message, _ := bytes.Cut(answer, []byte("data: "))
	if err := json.Unmarshal(message, &list); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v %s", status, err, answer)
	}
	n := len(list.Result.Tools)
	size := n + 1 // brackets and commas
	for _, tool := range list.Result.Tools {
		size += len(tool)
	}
	t.Logf("%d tools, %d bytes, about %d tokens", n, size, size*2/7)
	if n == 0 || n > 24 || size*2 > 8000*7 {
		t.Errorf("%d tools, %d bytes", n, size)
	}
}
