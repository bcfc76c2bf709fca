package api_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

func revoke(ctx context.Context, w *whole, id int64) error {
	return w.Engine.Account.RevokeKey(ctx, verb.ID{ID: id})
}

// documented checks answers against the OpenAPI document.
type documented struct {
	compiler *jsonschema.Compiler
	doc      map[string]any
}

func newDocumented(t *testing.T, raw []byte) *documented {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("http://doc/openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return &documented{c, doc.(map[string]any)}
}

// answer fails the test unless the document has this status for the row, and the
// body fits its schema.
func (d *documented) answer(t *testing.T, o ops.Op, status int, media string, raw []byte) {
	t.Helper()
	operation := d.doc["paths"].(map[string]any)[o.URL()].(map[string]any)[strings.ToLower(o.Method)].(map[string]any)
	responses := operation["responses"].(map[string]any)
	found, ok := responses[fmt.Sprint(status)].(map[string]any)
	if !ok {
		t.Errorf("%s: the document knows no %d: %s", o.Name, status, raw)
		return
	}
	where := "#/paths/" + escape(o.URL()) + "/" + strings.ToLower(o.Method) + "/responses/" + fmt.Sprint(status)
	if ref, ok := found["$ref"].(string); ok {
		where = ref
	}
	media, _, _ = strings.Cut(media, ";")
	if media != "application/json" {
		return
	}
	schema, err := d.compiler.Compile("http://doc/openapi.json" + where + "/content/application~1json/schema")
	if err != nil {
		t.Fatalf("%s %d: %v", o.Name, status, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Errorf("%s %d: %v in %s", o.Name, status, err, raw)
		return
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s %d: %v", o.Name, status, err)
	}
}

func escape(path string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}
