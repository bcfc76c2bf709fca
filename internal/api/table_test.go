package api

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/golden"
)

// TestEnumsAreTheDomains holds the words in the tags to the lists of domain, for
// inputs and answers alike.
func TestEnumsAreTheDomains(t *testing.T) {
	words := map[reflect.Type]string{
		reflect.TypeFor[domain.ExecutionStatus](): joined(domain.ExecutionStatuses()),
		reflect.TypeFor[domain.Priority]():        "low,normal,high,urgent",
		reflect.TypeFor[domain.Category]():        joined(domain.Categories()),
		reflect.TypeFor[domain.ItemStatus]():      joined(domain.ItemStatuses()),
		reflect.TypeFor[domain.ContentType]():     joined(domain.ContentTypes()),
		reflect.TypeFor[domain.Role]():            joined(domain.Roles()),
		reflect.TypeFor[domain.Plan]():            joined(domain.Plans()),
	}
	scopes := reflect.TypeFor[[]domain.Scope]()
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ.PkgPath() != "vellocity/internal/api" {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			tag := f.Tag.Get("enum")
			base := f.Type
			if base.Kind() == reflect.Pointer {
				base = base.Elem()
			}
			if want, ok := words[base]; ok && tag != want && typ != reflect.TypeFor[WatchEnd]() {
				t.Errorf("%s.%s says %q, the domain %q", typ, f.Name, tag, want)
			}
			if f.Type == scopes && tag != "" && tag != joined(domain.Scopes()) {
				t.Errorf("%s.%s says %q, the domain %q", typ, f.Name, tag, joined(domain.Scopes()))
			}
			walk(f.Type)
		}
	}
	for _, o := range Table() {
		if o.in != nil {
			walk(o.in.typ)
			walk(o.out)
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

func joined[T ~string](l []T) string {
	parts := make([]string, len(l))
	for i, v := range l {
		parts[i] = string(v)
	}
	return strings.Join(parts, ",")
}

// TestMetaIsAsDeclared holds each view to the meta type that its row declares.
func TestMetaIsAsDeclared(t *testing.T) {
	for _, o := range Table() {
		if o.view == nil || o.Result == nil {
			continue
		}
		var reply Reply
		o.view(&reply, o.Result)
		got, want := reflect.TypeOf(reply.Meta), reflect.TypeOf(o.Meta)
		if got != want {
			t.Errorf("%s: meta is %v, declared as %v", o.Name, got, want)
		}
		if o.Status == 201 && reply.Location == "" {
			t.Errorf("%s makes something and does not say where it is", o.Name)
		}
		if c := o.in.byName["if_match"]; c != nil && o.Tags && reply.Revision == "" {
			t.Errorf("%s compares revisions and tells none", o.Name)
		}
	}
}

// TestExamplesAreAccepted sends each example through its row's own check.
func TestExamplesAreAccepted(t *testing.T) {
	for _, o := range Table() {
		if o.in == nil {
			continue
		}
		if o.in.body != nil && len(o.in.body.Required) > 0 && o.Example == nil {
			t.Errorf("%s needs a body and shows no example", o.Name)
		}
		args := map[string]any{}
		for name, v := range o.Samples() {
			if s, isText := v.(string); isText && o.in.byName[name].schema.Type == "integer" {
				var n int64
				if _, err := fmt.Sscan(s, &n); err != nil {
					t.Errorf("%s: %v", o.Name, err)
				}
				v = n
			}
			args[name] = v
		}
		if _, err := o.decodeFlat(object(args)); err != nil {
			t.Errorf("%s: its own example is refused: %v", o.Name, err)
		}
	}
}

func TestReferenceIsFresh(t *testing.T) {
	var b bytes.Buffer
	if err := Reference(&b); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../docs/api.md", b.String())
}
