package coverage_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const base = "/api/v1"

// documentSchema is the address that the document has while schemas are compiled.
const documentSchema = "http://document/openapi.json"

// operation is what the document says about one operation.
type operation struct {
	ID          string `json:"operationId"`
	Parameters  []parameter
	RequestBody *struct {
		Required bool
		Content  map[string]struct {
			Schema  schema
			Example json.RawMessage
		}
	}
	Responses map[string]struct {
		Ref     string `json:"$ref"`
		Content map[string]json.RawMessage
	}

	method, path string
	schemas      map[int]*jsonschema.Schema // of JSON answers
	tool         *jsonschema.Schema         // of the tool's answer; nil: it is no tool
}

type parameter struct {
	Name, In string
	Schema   schema
}

// schema is what is read of a JSON Schema.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	AnyOf      []schema
	Properties map[string]schema
}

// kind is the one type of what the schema allows, besides null; empty if there is more than one.
func (s schema) kind() string {
	if text, ok := s.Type.(string); ok {
		return text
	}
	kinds := map[string]bool{}
	for _, one := range s.AnyOf {
		kinds[one.kind()] = true
	}
	delete(kinds, "null")
	if len(kinds) != 1 {
		return ""
	}
	for kind := range kinds {
		return kind
	}
	return ""
}

// document is the API as the running server describes it.
type document struct {
	list []*operation // in order of path and method
	byID map[string]*operation
}

// statuses are the documented statuses of an operation, ascending.
func (o *operation) statuses() []int {
	var list []int
	for text := range o.Responses {
		n, _ := strconv.Atoi(text) // a test of the document reads it
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func (o *operation) documents(status int) bool {
	_, ok := o.Responses[strconv.Itoa(status)]
	return ok
}

// success is the documented status of success.
func (o *operation) success() int { return o.statuses()[0] }

// accept is the media type to ask for: JSON where there is some.
func (o *operation) accept() string {
	content := o.Responses[strconv.Itoa(o.success())].Content
	if _, ok := content["application/json"]; ok || len(content) == 0 {
		return "application/json"
	}
	for media := range content {
		return media
	}
	return ""
}

// takes reports whether the operation has a parameter in a place: path, query or header.
func (o *operation) takes(in, name string) bool {
	return slices.ContainsFunc(o.Parameters, func(p parameter) bool { return p.In == in && p.Name == name })
}

// inPath are the names of the parameters in the path.
func (o *operation) inPath() []parameter {
	return slices.DeleteFunc(slices.Clone(o.Parameters), func(p parameter) bool { return p.In != "path" })
}

// example is the document's example of a body; empty where the operation takes none.
func (o *operation) example() string {
	if o.RequestBody == nil {
		return ""
	}
	return string(o.RequestBody.Content["application/json"].Example)
}

// readDocument reads the operations under /api/v1, and which of them are tools.
func readDocument(t *testing.T, raw, tools []byte) *document {
	t.Helper()
	var doc struct {
		Paths      map[string]map[string]*operation
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource(documentSchema, tree); err != nil {
		t.Fatal(err)
	}
	d := &document{byID: map[string]*operation{}}
	for path, methods := range doc.Paths {
		if !strings.HasPrefix(path, base) {
			continue
		}
		for method, o := range methods {
			o.method, o.path, o.schemas = strings.ToUpper(method), path, map[int]*jsonschema.Schema{}
			o.compile(t, c)
			if o.RequestBody != nil {
				media := o.RequestBody.Content["application/json"]
				media.Schema = doc.Components.Schemas[media.Schema.Ref[strings.LastIndex(media.Schema.Ref, "/")+1:]]
				o.RequestBody.Content["application/json"] = media
			}
			d.list, d.byID[o.ID] = append(d.list, o), o
		}
	}
	slices.SortFunc(d.list, func(a, b *operation) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
	d.readTools(t, tools)
	return d
}

// compile compiles the schemas of the operation's JSON answers.
func (o *operation) compile(t *testing.T, c *jsonschema.Compiler) {
	t.Helper()
	escaped := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(o.path)
	for status, r := range o.Responses {
		at := "#/paths/" + escaped + "/" + strings.ToLower(o.method) + "/responses/" + status
		if r.Ref != "" {
			at = r.Ref
		} else if _, ok := r.Content["application/json"]; !ok {
			continue
		}
		s, err := c.Compile(documentSchema + at + "/content/application~1json/schema")
		if err != nil {
			t.Fatalf("%s %s: %v", o.ID, status, err)
		}
		n, err := strconv.Atoi(status)
		if err != nil {
			t.Fatalf("%s documents %q", o.ID, status)
		}
		o.schemas[n] = s
	}
}

// readTools notes which operations are tools, and what these answer.
func (d *document) readTools(t *testing.T, raw []byte) {
	t.Helper()
	var list struct {
		Tools []struct {
			Name         string
			OutputSchema any
		}
	}
	if err := json.Unmarshal(raw, &list); err != nil || len(list.Tools) == 0 {
		t.Fatalf("tools: %v %.200s", err, raw)
	}
	for _, tool := range list.Tools {
		o := d.byID[tool.Name]
		if o == nil {
			continue // a tool that stands for another one with some arguments
		}
		c, at := jsonschema.NewCompiler(), "http://tools/"+url.PathEscape(tool.Name)
		if err := c.AddResource(at, tool.OutputSchema); err != nil {
			t.Fatalf("tool %s: %v", tool.Name, err)
		}
		s, err := c.Compile(at)
		if err != nil {
			t.Fatalf("tool %s: %v", tool.Name, err)
		}
		o.tool = s
	}
}

// fits returns what is wrong with JSON by a schema.
func fits(s *jsonschema.Schema, raw []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return s.Validate(value)
}
