package api_test

import (
	"net/http/httptest"
	"testing"

	"vellocity/internal/api"
	"vellocity/internal/app"
	"vellocity/internal/golden"
	"vellocity/internal/openapi"
	"vellocity/internal/ops"
)

func TestOpenAPIDocument(t *testing.T) {
	var d openapi.Document
	d.Describe(app.Table(), openapi.Options{
		Description: api.Description(), PublicURL: "http://127.0.0.1:8080", Messages: api.Messages(),
	})
	row := d.Row(ops.Chapter{})
	rec := httptest.NewRecorder()
	row.Handler()(rec, httptest.NewRequestWithContext(t.Context(), row.Method, row.URL(), nil))
	golden.Check(t, "testdata/openapi.json", rec.Body.String()+"\n")
}
