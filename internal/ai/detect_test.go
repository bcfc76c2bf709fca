package ai_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/ai"
)

func TestDetect(t *testing.T) {
	var sent atomic.Int64
	serve := func(contentType, body string, delay <-chan struct{}) ai.Endpoint {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent.Add(max(r.ContentLength, 0))
			if r.Method != http.MethodGet || r.Header.Get("Authorization") != "" || r.URL.RawQuery != "" {
				t.Errorf("a probe sends %s %s", r.Method, r.URL)
			}
			if delay != nil {
				select {
				case <-delay:
				case <-r.Context().Done():
				}
			}
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return ai.Endpoint{Root: s.URL, Path: "/probe", Base: "/v1"}
	}
	named := func(name string, e ai.Endpoint) ai.Endpoint { e.Name = name; return e }
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	endpoints := []ai.Endpoint{
		named("web", serve("text/html", "<p>hello", nil)),
		named(
			"ollama",
			serve("application/json; charset=utf-8", `{"models":[{"name":"llama3.3:latest"},{"name":"qwen4"}]}`, nil),
		),
		named("other json", serve("application/json", `{"status":"ok"}`, nil)),
		named("not an array", serve("application/json", `{"data":{"id":"x"}}`, nil)),
		named("slow", serve("application/json", `{"data":[]}`, make(chan struct{}))),
		named("vllm", serve("application/json", `{"object":"list","data":[{"id":"mistral-8"}]}`, nil)),
		named("empty", serve("application/json", `{"data":[]}`, nil)),
		{Name: "closed", Root: closed.URL, Path: "/v1/models"},
	}
	start := time.Now()
	found := ai.Detect(t.Context(), endpoints)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"ollama", "vllm", "empty"}) {
		t.Fatalf("found %v", names)
	}
	if !slices.Equal(found[0].Models, []string{"llama3.3:latest", "qwen4"}) ||
		found[0].BaseURL != endpoints[1].Root+"/v1" ||
		len(found[2].Models) != 0 {
		t.Errorf("found %+v", found)
	}
	if sent.Load() != 0 {
		t.Errorf("%d bytes of content were sent", sent.Load())
	}
	for _, e := range ai.LocalEndpoints() {
		if e.Name == "" || e.Root[:len("http://127.0.0.1:")] != "http://127.0.0.1:" {
			t.Errorf("%+v is not on loopback", e)
		}
	}
}
