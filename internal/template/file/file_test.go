package file_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/proptest"
	"vellocity/internal/template"
	"vellocity/internal/template/file"
)

var words = rapid.OneOf(
	rapid.String(),
	rapid.SampledFrom([]string{
		"", "null", "~", "yes", "true", "007", "0x1F", "1e3", "1_000", "2026-01-02", "=", "<<", ".inf", "-", "- a", "a: b", "#",
		"a #b", "'", `"`, "\\", "{{ inputs.topic }}", "{", "[a", "|", ">", "%", "@", "`", "&a", "*a", "!t", "two\nlines", "\n", " \n a",
		"a \n b", "tab\tbed", "a\r\nb", "a\n\n", "\u2028", "\ufeff", "😀", "---", "...", "a\n---\nb", "\u0085", "?", ": ", "12:30:45",
	}),
)

func value(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := []string{"text", "number", "bool", "null"}
		if depth > 0 {
			kinds = append(kinds, "object", "list")
		}
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case "object":
			return rapid.MapOfN(words, value(depth-1), 0, 3).Draw(t, "object")
		case "list":
			return rapid.SliceOfN(value(depth-1), 0, 3).Draw(t, "list")
		case "number":
			return json.Number(rapid.SampledFrom([]string{
				"0", "-0", "1", "-7", "1.0", "1.50", "1e3", "1E+5", "0.1e-7", "123456789012345678901234567890",
			}).Draw(t, "number"))
		case "bool":
			return rapid.Bool().Draw(t, "bool")
		case "null":
			return nil
		}
		return words.Draw(t, "text")
	})
}

func object(t *rapid.T, name string) json.RawMessage {
	raw, err := json.Marshal(rapid.MapOfN(words, value(3), 0, 3).Draw(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func anyTemplate(t *rapid.T) domain.Template {
	out := domain.Template{
		Slug: rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "slug"), Name: words.Draw(t, "name"),
		Description: words.Draw(t, "description"), Category: domain.TemplateBlog, InputSchema: object(t, "schema"),
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "steps") {
		out.Steps = append(out.Steps, domain.TemplateStep{
			Key: fmt.Sprintf("k%d", i), Capability: words.Draw(t, "capability"), Settings: object(t, "settings"),
			DependsOn: rapid.SliceOfN(words, 0, 2).Draw(t, "after"), When: words.Draw(t, "when"),
		})
	}
	return out
}

// What is exported and applied again changes nothing, whatever a template has.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		before := []domain.Template{anyTemplate(t), anyTemplate(t)}
		var source []byte
		for _, b := range before {
			text, err := file.Write(b)
			if err != nil {
				t.Fatal(err)
			}
			source = append(append(source, "---\n"...), text...)
		}
		list, err := file.Read(source)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d documents, %v:\n%s", len(list), err, source)
		}
		for i, d := range list {
			if len(d.Faults) > 0 {
				t.Fatalf("%+v:\n%s", d.Faults, source)
			}
			fields, err := file.Changes(before[i], d.Template)
			if err != nil || len(fields) > 0 {
				t.Fatalf("%v %v:\n%s", fields, err, source)
			}
			if want, got := compact(t, before[i].InputSchema), compact(t, d.Template.InputSchema); want != got {
				t.Fatalf("%s is not %s:\n%s", got, want, source)
			}
			again, err := file.Write(d.Template)
			if first, _ := file.Write(before[i]); err != nil || !bytes.Equal(first, again) {
				t.Fatalf("%v:\n%s\nis not\n%s", err, again, first)
			}
		}
	})
}

// compact keeps the order of names and the digits of numbers.
func compact(t *rapid.T, raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(b.String())
}

func TestTheTemplatesThatShipAreWrittenAndReadAgain(t *testing.T) {
	for _, b := range template.Builtin() {
		text, err := file.Write(b)
		if err != nil {
			t.Fatal(err)
		}
		list, err := file.Read(text)
		if err != nil || len(list) != 1 || len(list[0].Faults) > 0 {
			t.Fatalf("%s: %v %+v", b.Slug, err, list)
		}
		if fields, err := file.Changes(b, list[0].Template); err != nil || len(fields) > 0 {
			t.Errorf("%s: %v %v", b.Slug, fields, err)
		}
	}
}

func TestFaultsOfAFile(t *testing.T) {
	const start = "slug: a\nname: A\ninput_schema: {type: object}\n"
	for source, want := range map[string]string{
		start + "stepps: []":         "4 stepps There is no field",
		start + "steps: {}":          "4 steps The steps field must be a list",
		start + "steps:\n- key: [a]": "5 steps.0.key The key field must be text",
		start + "steps:\n- settings: 7": "5 steps.0.settings " +
			"The settings field must be an object",
		start + "steps:\n- key: a\n  after: b": "6 steps.0.after There is no field",
		start + "steps:\n- key: a\n  settings:\n    a: .nan": "7 steps.0.settings.a " +
			"The a field must be a number that JSON has",
		start + "steps:\n- key: a\n  settings: &s {a: 1}\n- key: *s": "7 steps.1.key The key field must be written out",
		start + "name: B": "4 name The name field is there twice",
		"name: A":         "1 slug The slug field is required",
		"- a":             "1  A template must be an object",
		"? [a]\n: b":      "1  has a name that is not text",
	} {
		list, err := file.Read([]byte(source))
		if err != nil || len(list) != 1 || len(list[0].Faults) == 0 {
			t.Errorf("%q: %v %+v", source, err, list)
			continue
		}
		f := list[0].Faults[0]
		if got := fmt.Sprintf("%d %s %s", f.Line, f.Field, f.Message); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s", source, got)
		}
	}
	for source, want := range map[string]string{
		"a: [": "the file is not YAML: line 1", "": "the file has no template", "---\n---\n": "the file has no template",
		strings.Repeat("[", 50_000):          "the file is not YAML",
		strings.Repeat("a", file.MaxBytes+1): "the file has",
	} {
		if _, err := file.Read([]byte(source)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20q: %v", source, err)
		}
	}
}

func TestTheLineOfAField(t *testing.T) {
	list, err := file.Read([]byte("slug: a\nsteps:\n  - key: a\n    settings:\n      topic: x\n  - key: b\n"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"slug": 1, "steps": 2, "steps.0.key": 3, "steps.0.settings.topic": 5, "steps.0.when": 3, "steps.1": 6, "name": 1,
	} {
		if got := list[0].Line(path); got != want {
			t.Errorf("%s stands on line %d, not %d", path, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("slug: a\nname: A\ninput_schema: {type: object}\nsteps: []\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		list, err := file.Read(source)
		if err != nil {
			return
		}
		for _, d := range list {
			if len(d.Faults) == 0 && len(d.Template.InputSchema) > 0 {
				if _, err := file.Write(d.Template); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
