package analytics_test

import (
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/web/webtest"
)

// Each report has its charts with the same numbers as a table, and a file; a wrong period is refused on the page.
func TestReports(t *testing.T) {
	p := webtest.Start(t)
	p.Examples()
	for _, name := range []string{"overview", "executions", "content", "pipeline", "credits"} {
		r := p.Get("/analytics?report=" + name)
		webtest.Parse(t, name, r.Body)
		if r.Status != http.StatusOK || strings.Count(r.Body, `role="img"`) == 0 ||
			strings.Count(r.Body, `role="img"`) != strings.Count(r.Body, "Show the numbers") ||
			strings.Contains(r.Body, "style=") {
			t.Errorf("%s: %d\n%s", name, r.Status, r.Body)
		}
		if f := p.Get("/analytics/report.csv?report=" + name); !strings.HasPrefix(f.Body, "from,until,") ||
			strings.Count(f.Body, "\n") != 31 {
			t.Errorf("%s: %s", name, f.Body)
		}
	}
	for _, query := range []string{"from=soon", "from=2026-02-02&to=2026-02-01", "report=weather", "interval=hour"} {
		if r := p.Get("/analytics?" + query); r.Status != http.StatusUnprocessableEntity ||
			!strings.Contains(r.Body, `role="alert"`) {
			t.Errorf("%s: %d", query, r.Status)
		}
	}
}
