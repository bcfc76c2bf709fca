package api

import (
	"testing"

	"vellocity/internal/golden"
)

func TestOpenAPIDocument(t *testing.T) {
	a := realAPI(t)
	golden.Check(t, "testdata/openapi.json", string(append(a.doc, '\n')))
}
