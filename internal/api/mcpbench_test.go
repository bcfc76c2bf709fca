package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"vellocity/internal/ops"
)

// BenchmarkToolCall is a call of a tool that reads, over HTTP and with a real
// database, beside the same row's REST route. What MCP adds is its own part.
func BenchmarkToolCall(b *testing.B) {
	w := start(b)
	key := w.first.Key.Secret
	execution, item := w.finished(b, "Keeping bees in a city")
	const wire = "Accept: application/json, text/event-stream"
	_, h, _ := w.call(b, key, "POST", ops.Base+"/mcp",
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"b","version":"1"}}}`,
		wire)
	session := "Mcp-Session-Id: " + h.Get("Mcp-Session-Id")
	for _, c := range []struct {
		tool, path string
		id         int64
	}{
		{"get_execution", "executions", execution},
		{"get_content_item", "content", item},
	} {
		params := fmt.Sprintf(`"name":%q,"arguments":{"id":%d}`, c.tool, c.id)
		run := func(name, method, path, body string, headers ...string) {
			b.Run(c.tool+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if status, _, answer := w.call(b, key, method, path, body, headers...); status != http.StatusOK {
						b.Fatalf("%d %s", status, answer)
					}
				}
			})
		}
		run("legacy", "POST", ops.Base+"/mcp",
			`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{`+params+`}}`,
			wire, session)
		run("modern", "POST", ops.Base+"/mcp",
			`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{`+params+`,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`,
			wire, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: "+c.tool)
		run("rest", "GET", fmt.Sprintf("%s/content-workflow/%s/%d", ops.Base, c.path, c.id), "")
	}
}
