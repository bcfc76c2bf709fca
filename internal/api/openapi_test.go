package api_test

import (
	"bytes"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"vellocity/internal/api"
	"vellocity/internal/app"
	"vellocity/internal/openapi"
	"vellocity/internal/ops"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file under testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the table gives; run go test ./internal/api -update and look at the difference", file)
	}
}

func TestOpenAPIDocument(t *testing.T) {
	var d openapi.Document
	if err := d.Write(app.Table(), openapi.Options{Description: api.Description}); err != nil {
		t.Fatal(err)
	}
	row := d.Row(ops.Chapter{})
	rec := httptest.NewRecorder()
	row.Handler()(rec, httptest.NewRequestWithContext(t.Context(), row.Method, row.URL(), nil))
	golden(t, "openapi.json", append(rec.Body.Bytes(), '\n'))
}
