package api_test

import (
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/app"
)

// TestWhatMayBeNullSaysSo: a pointer to a struct is null where there is none, which its schema does not say;
// ops.Maybe does.
func TestWhatMayBeNullSaysSo(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(row string, typ reflect.Type)
	walk = func(row string, typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || !strings.HasPrefix(typ.PkgPath(), "vellocity/internal/") {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			tag := f.Tag.Get("json")
			inside := f.Type
			if inside.Kind() == reflect.Pointer && inside.Elem().Kind() == reflect.Struct && tag != "" && tag != "-" &&
				!strings.Contains(tag, "omitempty") && inside.Elem().PkgPath() != "time" {
				t.Errorf("%s: %s.%s may be null, and its schema does not say so; use ops.Maybe", row, typ, f.Name)
			}
			walk(row, inside)
		}
	}
	for _, o := range app.Table() {
		if data := o.Data(); data != nil {
			walk(o.Name, data)
		}
		if meta := o.MetaType(); meta != nil {
			walk(o.Name, meta)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}
