package mcp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCancelledCallsGetNoResponse holds the one place that looks into what the SDK
// sends: only the response to a cancelled call is dropped.
func TestCancelledCallsGetNoResponse(t *testing.T) {
	const stream, plain = "text/event-stream", "application/json"
	const dropped = `{"jsonrpc":"2.0","id":7,"error":{"code":-31099,"message":"Cancelled"}}`
	long := strings.Repeat("x", longestCancelled)
	for _, c := range []struct {
		name, media, body string
		want              bool
	}{
		{"alone", plain, dropped, true},
		{"members in another order", plain, `{"error":{"message":"Cancelled","code":-31099},"id":7,"jsonrpc":"2.0"}`, true},
		{"spaces", plain, `{"jsonrpc": "2.0", "id": 7, "error": {"code": -31099, "message": "Cancelled"}}`, true},
		{"a long id before it", plain, `{"id":"` + long[:2000] + `","error":{"code":-31099}}`, true},
		{"as an event", stream, "event: message\ndata: " + dropped + "\n\n", true},
		{"as an event with an id", stream, "id: 7_1\ndata: " + dropped + "\n\n", true},
		{"another error", plain, `{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Bad"}}`, false},
		{"a text that looks like it", plain, `{"id":7,"result":{"content":[{"text":"\"error\":{\"code\":-31099,"}]}}`, false},
		{"a result with such a code", stream, `data: {"id":7,"result":{"error":{"code":-31099}}}` + "\n\n", false},
		{"a result", plain, `{"id":7,"result":{"text":"` + long + `"}}`, false},
		{"no JSON", plain, "no session", false},
		{"an empty event", stream, ": still here\n\n", false},
	} {
		if got := cancelled(c.media, []byte(c.body)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestRefusalsOfTheSDKBecomeJSON holds that its plain text is translated by the status
// alone.
func TestRefusalsOfTheSDKBecomeJSON(t *testing.T) {
	for _, c := range []struct {
		status     int
		text, want string
	}{
		{400, "anything at all", `"error":{"code":-32600,"message":"Anything at all"}`},
		{403, "session user mismatch", `"error":{"code":-31003,"message":"This session belongs to another key"}`},
		{404, "session not found", `"error":{"code":-32600,"message":"There is no such session, or it has ended`},
		{500, "failed connection", `"error":{"code":-32603,`},
	} {
		rec := httptest.NewRecorder()
		w := inJSON(rec, []byte("3"))
		http.Error(w, c.text, c.status)
		w.end()
		media := rec.Header().Get("Content-Type")
		if rec.Code != c.status || media != "application/json" || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%d: %d %s %s", c.status, rec.Code, media, rec.Body)
		}
	}
}
