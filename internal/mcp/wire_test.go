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
	long := strings.Repeat("x", longestError)
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
		rec := httptest.NewRecorder()
		rec.Header().Set("Content-Type", c.media)
		got := string(inJSON(rec, nil).judged([]byte(c.body)))
		if (got == "") != c.want || got != "" && !strings.EqualFold(got, c.body) {
			t.Errorf("%s: %.200s, want it dropped: %v", c.name, got, c.want)
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

// TestErrorsAreInOurWords holds that no type of the program is in an error, and that each
// has a code.
func TestErrorsAreInOurWords(t *testing.T) {
	for name, c := range map[string]struct{ sent, want string }{
		"types": {
			`{"jsonrpc":"2.0","id":1,"error":{"code":0,"message":"handling 'x': unmarshaling \"1\" into a *mcp.initializeParamsV2"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"The params do not have the form that the method takes"}}`,
		},
		"no code": {
			`{"jsonrpc":"2.0","id":"a","error":{"code":0,"message":"duplicate \"initialize\" received"}}`,
			`{"jsonrpc":"2.0","id":"a","error":{"code":-32600,"message":"This session is initialized already"}}`,
		},
		"data stays": {
			`{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"unknown tool","data":{"name":"x"}}}`,
			`{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"Unknown tool","data":{"name":"x"}}}`,
		},
	} {
		for media, frame := range map[string]string{"application/json": "%", "text/event-stream": "event: message\ndata: %\n\n"} {
			rec := httptest.NewRecorder()
			rec.Header().Set("Content-Type", media)
			got := string(inJSON(rec, nil).judged([]byte(strings.Replace(frame, "%", c.sent, 1))))
			if want := strings.Replace(frame, "%", c.want, 1); got != want {
				t.Errorf("%s as %s: %s, want %s", name, media, got, want)
			}
		}
	}
}

func TestParamsAreCheckedBeforeTheyAreRead(t *testing.T) {
	for _, methods := range [][]string{legacyMethods, modernMethods} {
		for _, method := range methods {
			for _, m := range paramsOf[method] {
				wrong := map[string]any{}
				for _, other := range paramsOf[method] {
					wrong[other.name] = map[string]any{}
					if other.kind == "string" {
						wrong[other.name] = "info"
					}
				}
				if fault := faultOf(method, wrong); fault != "" {
					t.Errorf("%s with the right params: %s", method, fault)
				}
				wrong[m.name] = []any{}
				if fault := faultOf(method, wrong); !strings.Contains(fault, m.name) {
					t.Errorf("%s with a wrong %s: %q", method, m.name, fault)
				}
				if fault := faultOf(method, []any{}); fault == "" {
					t.Errorf("%s takes a list as params", method)
				}
			}
		}
	}
}
