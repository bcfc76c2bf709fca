package app

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"vellocity/internal/config"
)

// TestSpansAreNamedByTheirRoute holds that a span tells which operation was called, and
// that its name does not grow with ids.
func TestSpansAreNamedByTheirRoute(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	flags := map[string]string{"data": t.TempDir(), "no-demo": "on", "provider": "composer"}
	cfg, err := config.Load(config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	a.endTraces = func(context.Context) error { return nil }
	h := a.traced(a.Handler)
	for path, want := range map[string]string{
		"/api/v1/content-workflow/executions/789":      "GET /api/v1/content-workflow/executions/{id}",
		"/api/v1/content-workflow/content/12/versions": "GET /api/v1/content-workflow/content/{id}/versions",
		"/api/v1/partners/profile?x=1":                 "GET /api/v1/partners/profile",
		"/feeds/nobody/rss.xml":                        "GET /feeds/{workspace}/rss.xml",
		"/healthz":                                     "GET /healthz",
		"/board":                                       "GET /board",
	} {
		spans.Reset()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		got := spans.GetSpans()
		if len(got) != 1 || got[0].Name != want {
			t.Errorf("%s: %d spans %v, want %s", path, len(got), got, want)
			continue
		}
		route := ""
		for _, kv := range got[0].Attributes {
			if kv.Key == "http.route" {
				route = kv.Value.AsString()
			}
		}
		if "GET "+route != want {
			t.Errorf("%s: the route is %q", path, route)
		}
	}
	out := httptest.NewRecorder()
	post := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/api-keys", strings.NewReader("{}"))
	a.Handler.ServeHTTP(out, post)
	out = httptest.NewRecorder()
	a.Handler.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	for _, want := range []string{
		`door="api",method="GET",route="/api/v1/content-workflow/executions/{id}",status="401"`,
		`door="api",method="POST",route="/api/v1/api-keys",status="401"`,
		`door="dashboard",method="GET",route="/board"`,
	} {
		if !strings.Contains(out.Body.String(), want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
}

func TestSpansNameTheirService(t *testing.T) {
	for environment, want := range map[string]string{"": "vellocity", "words": "words"} {
		t.Setenv("OTEL_SERVICE_NAME", environment)
		about, err := tracedAs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if name, _ := about.Set().Value("service.name"); name.AsString() != want {
			t.Errorf("OTEL_SERVICE_NAME=%q: %q, want %q", environment, name.AsString(), want)
		}
	}
}
