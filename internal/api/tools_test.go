package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/app"
	"vellocity/internal/ops"
)

// TestThePartnerAPIIsToolsAndCommands holds that whatever a program can do with the calendar, campaigns, listings, AWS,
// opportunities, analytics and webhooks, an AI client and a shell can do, too. What is left out is named here.
func TestThePartnerAPIIsToolsAndCommands(t *testing.T) {
	noTool := map[string]string{
		"create_feed_token":     "its answer is a secret, which a model must not see",
		"create_webhook":        "its answer is a secret, which a model must not see",
		"rotate_webhook_secret": "its answer is a secret, which a model must not see",
		"connect_aws":           "a text that a model has read could have the workspace's data sent to another account",
	}
	w := start(t)
	_, _, answer := w.call(t, w.first.Key.Secret, http.MethodGet, ops.Base+"/content-workflow/mcp-schema", "")
	var schema struct {
		Tools []struct {
			Name string `json:"name"`
		} `json:"tools"`
	}
	if err := json.Unmarshal(answer, &schema); err != nil {
		t.Fatal(err)
	}
	offered := map[string]bool{}
	for _, tool := range schema.Tools {
		offered[tool.Name] = true
	}
	of := map[string]int{}
	for _, o := range app.Table() {
		for _, prefix := range []string{
			"/gtm-schedule/events", "/gtm-schedule/campaigns", "/gtm-schedule/export", "/gtm-schedule/feed-tokens",
			"/partners/listings", "/partners/aws", "/partners/opportunities", "/partners/analytics", "/partners/webhooks",
		} {
			if !strings.HasPrefix(o.Path, prefix) {
				continue
			}
			of[prefix]++
			why, left := noTool[o.Name]
			if offered[o.Name] == left || left != (o.Tool.None != "") {
				t.Errorf("%s is a tool: %v; left out here: %q", o.Name, offered[o.Name], why)
			}
			if o.Command.None != "" || o.Command.Noun == "" || o.Command.Verb == "" {
				t.Errorf("%s is no command: %+v", o.Name, o.Command)
			}
			delete(noTool, o.Name)
		}
	}
	if len(of) != 9 || len(noTool) != 0 {
		t.Errorf("%v were looked at, and %v are no operations", of, noTool)
	}
}

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
