package api

import (
	"net/http"

	"vellocity/internal/domain"
)

const tagOperations = "Operations"

// Health is the answer of the health checks.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

func (a *API) healthRows() []Op {
	const why = "a health check is for the machines that watch the server"
	rows := []Op{
		{
			Name: "healthz", Noun: "server", Verb: "health", Method: http.MethodGet, Path: "/healthz", Root: true, Tag: tagOperations, Status: http.StatusOK, Bare: true,
			Summary: "Is the server alive", Description: "Answers without touching anything else.", ReadOnly: true, Repeatable: true, NoTool: why, NoCommand: why,
			Result: Health{"ok"}, raw: a.healthz,
		},
		{
			Name: "readyz", Noun: "server", Verb: "ready", Method: http.MethodGet, Path: "/readyz", Root: true, Tag: tagOperations, Status: http.StatusOK, Bare: true,
			Summary: "Can the server work", Description: "Whether database and queue can be used; 503 while they cannot.", ReadOnly: true, Repeatable: true, NoTool: why, NoCommand: why,
			Errors: []domain.Code{domain.CodeUnavailable}, Result: Health{"ok"}, raw: a.readyz,
		},
		{
			Name: "get_openapi", Noun: "server", Verb: "openapi", Method: http.MethodGet, Path: "/openapi.json", Tag: tagOperations, Status: http.StatusOK, Bare: true, Tags: true,
			Summary: "This document", Description: "The API in OpenAPI 3.1, true to the running server.", ReadOnly: true, Repeatable: true,
			NoTool: "a client that speaks MCP has tools/list", NoCommand: "it is a file: curl it", Media: []string{"application/json"}, raw: a.openapi,
		},
	}
	if a.opts.Metrics != nil {
		rows = append(rows, Op{
			Name: "metrics", Noun: "server", Verb: "metrics", Method: http.MethodGet, Path: "/metrics", Root: true, Tag: tagOperations, Status: http.StatusOK,
			Summary: "Metrics", Description: "In the Prometheus text format.", ReadOnly: true, Repeatable: true, NoTool: why, NoCommand: why,
			Media: []string{"text/plain"}, raw: a.opts.Metrics.ServeHTTP,
		})
	}
	return rows
}

func (a *API) healthz(w http.ResponseWriter, _ *http.Request) { writeBare(w, Health{"ok"}) }

func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	if a.opts.Ready != nil {
		if err := a.opts.Ready(r.Context()); err != nil {
			a.opts.Log.Warn("not ready", "error", err.Error())
			writeError(w, w.Header().Get("X-Request-Id"), domain.Errorf(domain.CodeUnavailable, "The database or the queue cannot be used just now"))
			return
		}
	}
	writeBare(w, Health{"ok"})
}

func (a *API) openapi(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Cache-Control"] = revalidate
	tag := etag("", a.doc)
	h["Etag"] = []string{tag}
	if fresh(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = jsonType
	_, _ = w.Write(a.doc) // the reader is gone if it fails
}
