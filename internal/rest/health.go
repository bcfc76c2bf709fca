package rest

import (
	"context"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// Operations is the chapter of the endpoints for people who run the server.
var Operations = ops.Chapter{Name: "Operations", Description: "For the people who run the server."}

// Health is the response of the health checks.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

// HealthRows returns the health checks. Ready returns why the server cannot work at
// the moment; nil: it always can.
func HealthRows(g *gate.Gate, ready func(context.Context) error) []ops.Op {
	alive := func(w http.ResponseWriter, _ *http.Request) { gate.SendJSON(w, Health{"ok"}) }
	able := func(w http.ResponseWriter, r *http.Request) {
		if ready != nil {
			if err := ready(r.Context()); err != nil {
				if domain.CodeOf(err) != domain.CodeConflict { // there is no workspace yet: the first start
					g.Log.Warn("not ready", "error", err.Error())
				}
				gate.WriteError(w, gate.RequestID(w), domain.Errorf(domain.CodeUnavailable,
					"The database, its disk or the queue is not available at the moment; the server's log says more"))
				return
			}
		}
		gate.SendJSON(w, Health{"ok"})
	}
	live := operation("healthz", "health", "/healthz", "Is the server alive", "Responds without touching anything else.")
	works := operation("readyz", "ready", "/readyz", "Can the server work",
		"Whether writes get to the database's disk, the queue runs, and there is a workspace; 503 while not.")
	works.Errors = []domain.Code{domain.CodeUnavailable}
	live.NoEnvelope, works.NoEnvelope = true, true
	return []ops.Op{ops.NewHandler(live, alive, &Health{"ok"}), ops.NewHandler(works, able, &Health{"ok"})}
}

// MetricsRow returns the row of /metrics.
func MetricsRow(h http.Handler) ops.Op {
	row := operation("metrics", "metrics", "/metrics", "Metrics", "In the Prometheus text format.")
	row.Media = []string{"text/plain"}
	return ops.NewHandler[struct{}](row, h.ServeHTTP, nil)
}

// operation is what the endpoints for people who run the server have in common.
func operation(name, verb, path, summary, description string) ops.Op {
	const why = "it is for the machines that watch the server"
	return ops.Op{
		Name:    name,
		Route:   ops.Route{Method: http.MethodGet, Path: path, Root: true},
		Hints:   ops.Hints{ReadOnly: true, Idempotent: true},
		Docs:    ops.Docs{Chapter: Operations, Summary: summary, Description: description},
		Tool:    ops.Tool{None: why},
		Command: ops.Command{Noun: "server", Verb: verb, None: why},
	}
}
