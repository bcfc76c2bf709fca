package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/mcp"
	"vellocity/internal/sse"
)

// TestWatch follows an execution from its first event to its end, and again from the
// middle.
func TestWatch(t *testing.T) {
	w := start(t)
	execution, _ := w.finished(t, "Cloud cost optimization")
	path := fmt.Sprintf("/api/v1/content-workflow/executions/%d/events", execution)
	all := w.watch(t, path, "")
	kinds := map[string]int{}
	for _, e := range all {
		kinds[e.Name]++
		durable := e.Name == "status" || e.Name == "step" || e.Name == "item" || e.Name == "guardrail"
		if durable == (e.ID == "") && e.Data != sse.Done && e.Name != "end" {
			t.Errorf("event %s has the id %q", e.Name, e.ID)
		}
	}
	if kinds["status"] < 2 || kinds["step"] < 5 || kinds["item"] < 1 || kinds["end"] != 1 ||
		all[len(all)-1].Data != sse.Done {
		t.Errorf("events: %v, last %+v", kinds, all[len(all)-1])
	}
	if end := all[len(all)-2]; end.Name != "end" || !strings.Contains(end.Data, `"status":"completed"`) {
		t.Errorf("before the end: %+v", end)
	}
	middle := len(all) / 2
	rest := w.watch(t, path, all[middle].ID)
	if len(rest) != len(all)-middle-1 || rest[0] != all[middle+1] {
		t.Errorf("resumed after %d of %d: %d events", middle, len(all), len(rest))
	}
}

func (w *whole) watch(t *testing.T, path, after string) []sse.Event {
	t.Helper()
	headers := []string{"Accept: text/event-stream"}
	if after != "" {
		headers = append(headers, "Last-Event-ID: "+after)
	}
	status, _, raw := w.call(t, w.first.Key.Secret, "GET", path, "", headers...)
	if status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	var all []sse.Event
	r := sse.NewReader(bytes.NewReader(raw))
	for {
		e, err := r.Next()
		if err != nil {
			return all
		}
		if e.Name == "end" || e.Data == sse.Done {
			e.ID = "" // a reader keeps the last id
		}
		all = append(all, e)
	}
}

// TestStreamResumesAtEveryPiece reads a text from each of its pieces on: no gap,
// nothing twice.
func TestStreamResumesAtEveryPiece(t *testing.T) {
	w := start(t)
	key := w.first.Key.Secret
	body := `{"prompt":"Write a blog post outline about cloud cost optimization"}`
	_, h, raw := w.call(t, key, "POST", "/api/v1/aiwriter/generate-output", body, "Idempotency-Key: text")
	pieces := piecesOf(raw)
	whole := strings.Join(texts(pieces), "")
	if len(pieces) == 0 || h.Get("X-Message-Id") == "" || bytes.Count(raw, []byte("data: [DONE]")) != 1 {
		t.Fatalf("%s", raw)
	}
	for i, p := range pieces {
		_, _, raw := w.call(t, key, "POST", "/api/v1/aiwriter/generate-output", body, "Last-Event-ID: "+p.ID)
		if got := strings.Join(texts(pieces[:i+1]), "") + strings.Join(texts(piecesOf(raw)), ""); got != whole {
			t.Errorf("after piece %d: %q, want %q", i, got, whole)
		}
	}
	_, again, raw := w.call(t, key, "POST", "/api/v1/aiwriter/generate-output", body, "Idempotency-Key: text")
	if again.Get("Idempotent-Replayed") != "true" || again.Get("X-Message-Id") != h.Get("X-Message-Id") ||
		strings.Join(texts(piecesOf(raw)), "") != whole {
		t.Errorf("the replayed stream differs: %v %s", again, raw)
	}
}

func piecesOf(raw []byte) []sse.Event {
	var l []sse.Event
	r := sse.NewReader(bytes.NewReader(raw))
	for {
		e, err := r.Next()
		if err != nil || e.Data == sse.Done {
			return l
		}
		if e.Name != "results" { // after the last piece
			l = append(l, e)
		}
	}
}

func texts(l []sse.Event) []string {
	out := make([]string, len(l))
	for i, e := range l {
		out[i] = e.Data
	}
	return out
}

type keyed struct{ key string }

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+k.key)
	return http.DefaultTransport.RoundTrip(r)
}

// TestMainJobThroughMCP does the main job as an AI client does it.
func TestMainJobThroughMCP(t *testing.T) {
	w := start(t)
	var mu sync.Mutex
	var reported []float64
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, &sdk.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) {
			mu.Lock()
			defer mu.Unlock()
			reported = append(reported, r.Params.Progress)
		},
	})
	s, err := client.Connect(
		t.Context(),
		&sdk.StreamableClientTransport{
			Endpoint:   w.url + "/api/v1/mcp",
			HTTPClient: &http.Client{Transport: keyed{w.first.Key.Secret}},
		},
		nil,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	call := func(name string, args map[string]any) map[string]any {
		t.Helper()
		p := &sdk.CallToolParams{Name: name, Arguments: args}
		p.SetProgressToken("token")
		got, err := s.CallTool(t.Context(), p)
		if err != nil || got.IsError {
			t.Fatalf("%s: %v %+v", name, err, got)
		}
		raw, _ := json.Marshal(got.StructuredContent)
		var out struct {
			Data map[string]any `json:"data"`
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatal(err)
		}
		return out.Data
	}
	done := call("generate_blog_post", map[string]any{"topic": "Cloud cost optimization", "wait": mcp.LongestWait})
	if done["attributes"].(map[string]any)["status"] != "completed" {
		t.Fatalf("%v", done)
	}
	assets := call("get_execution_assets", map[string]any{"id": done["id"]})
	item := assets["content_items"].([]any)[0].(map[string]any)["id"]
	read := call("get_content_item", map[string]any{"id": item})["attributes"].(map[string]any)
	if title := read["title"].(string); !strings.Contains(title, "loud cost") || read["body"] == "" {
		t.Errorf("%q: body %v", title, read["body"])
	}
	for _, status := range []string{"review", "ready", "published"} {
		moved := call("move_content", map[string]any{"id": item, "status": status})["attributes"].(map[string]any)
		if got := moved["kanban_status"]; got != status {
			t.Errorf("moved to %v, want %s", got, status)
		}
	}
	r, err := s.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "vellocity://kanban/published"})
	if err != nil || !strings.Contains(r.Contents[0].Text, `"count":1`) {
		t.Errorf("%v %+v", err, r)
	}
	mu.Lock()
	defer mu.Unlock()
	for i := 1; i < len(reported); i++ {
		if reported[i] <= reported[i-1] {
			t.Errorf("progress must rise: %v", reported)
		}
	}
}

// BenchmarkListOfTheWhole asks for 20 of 1,000 executions, with key and database.
func BenchmarkListOfTheWhole(b *testing.B) {
	w := start(b)
	key := w.first.Key.Secret
	for range 1000 {
		status, _, raw := w.call(
			b,
			key,
			"POST",
			"/api/v1/content-workflow/capabilities/generate-blog-post/execute",
			`{"settings":{"topic":"x"}}`,
		)
		if status != 201 {
			b.Fatalf("%d %s", status, raw)
		}
	}
	for done := 0; done < 1000; { // or their work would be measured
		_, _, raw := w.call(b, key, "GET", "/api/v1/content-workflow/executions?status=completed&per_page=1", "")
		var list struct{ Meta struct{ Total int } }
		if err := json.Unmarshal(raw, &list); err != nil {
			b.Fatalf("%v in %s", err, raw)
		}
		done = list.Meta.Total
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if status, _, _ := w.call(b, key, "GET", "/api/v1/content-workflow/executions?per_page=20", ""); status != 200 {
				b.Error(status)
			}
		}
	})
}

// TestNoStreamResumesAfterItsEnd: who claims to have more than there is would take an
// empty stream for the rest of it.
func TestNoStreamResumesAfterItsEnd(t *testing.T) {
	w := start(t)
	execution, _ := w.finished(t, "Cloud cost optimization")
	events := fmt.Sprintf("/api/v1/content-workflow/executions/%d/events", execution)
	all := w.watch(t, events, "")
	lastEvent := all[len(all)-3].ID // before the end and [DONE]
	const texts = "/api/v1/aiwriter/generate-output"
	_, h, raw := w.call(t, w.first.Key.Secret, "POST", texts, `{"prompt":"Write an outline about cloud costs"}`,
		"Accept: text/event-stream")
	pieces := piecesOf(raw)
	message, lastPiece := h.Get("X-Message-Id"), pieces[len(pieces)-1].ID
	text := texts + "?message_id=" + message
	for _, c := range []struct {
		path, after string
		status      int
	}{
		{events, lastEvent, 200},
		{events, "999999", 422},
		{events, "1.999999", 422},
		{events, "junk", 422},
		{text, lastPiece, 200},
		{text, message + "-0", 200},
		{text, message + "-999999", 422},
		{text, "junk", 422},
	} {
		status, _, raw := w.call(t, w.first.Key.Secret, "GET", c.path, "", "Accept: text/event-stream",
			"Last-Event-ID: "+c.after)
		if status != c.status || status == 422 && !bytes.Contains(raw, []byte(`"Last-Event-ID"`)) {
			t.Errorf("%s after %q: %d %s, want %d", c.path, c.after, status, raw, c.status)
		}
	}
}
