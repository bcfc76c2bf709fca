package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"vellocity/internal/api"
	"vellocity/internal/app"
	"vellocity/internal/golden"
	"vellocity/internal/openapi"
	"vellocity/internal/ops"
)

func TestReferenceIsFresh(t *testing.T) {
	var b bytes.Buffer
	if err := reference(&b); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../docs/api.md", b.String())
}

// reference writes the operations as a Markdown document for people: docs/api.md.
func reference(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(`# API

Generated from the operation table; change the table, then run ` + "`go test ./internal/api -update`" + `.
The machine-readable form is ` + "`GET /api/v1/openapi.json`" + `.

` + api.Description() + `

`)
	chapter := ""
	table := app.Table()
	for i := range table {
		o := &table[i]
		if o.Chapter.Name != chapter {
			chapter = o.Chapter.Name
			b.WriteString("## " + chapter + "\n\n")
		}
		if err := referenceOf(&b, o); err != nil {
			return err
		}
	}
	_, err := w.Write(bytes.ReplaceAll(bytes.TrimRight(b.Bytes(), "\n"), []byte("\n\n\n"), []byte("\n\n")))
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

func referenceOf(b *bytes.Buffer, o *ops.Op) error {
	fmt.Fprintf(
		b,
		"### %s\n\n`%s %s`\n\n%s\n\n",
		strings.TrimSuffix(o.Summary, "."),
		o.Method,
		o.URL(),
		openapi.Explained(o),
	)
	var doors []string
	if o.Command.None == "" {
		doors = append(doors, "`vellocity "+o.Command.Noun+" "+o.Command.Verb+"`")
	}
	if o.Tool.None == "" {
		doors = append(doors, "MCP tool `"+o.Name+"`")
	}
	if len(doors) > 0 {
		b.WriteString("Also: " + strings.Join(doors, ", ") + ".\n\n")
	}
	inputTable(b, o)
	if o.Example != nil && o.HasBody() {
		if err := block(b, "json", o.BodyExample()); err != nil {
			return err
		}
	}
	if _, ok, _ := o.Sample(); !ok || o.Kind() == "file" {
		return nil
	}
	answer, err := o.ExampleAnswer()
	if err != nil {
		return fmt.Errorf("example of %s: %w", o.Name, err)
	}
	fmt.Fprintf(b, "Returns %d:\n\n", o.Status)
	return block(b, "json", answer)
}

func inputTable(b *bytes.Buffer, o *ops.Op) {
	fields := o.Fields()
	if len(fields) == 0 {
		return
	}
	b.WriteString("| field | in | type | |\n|---|---|---|---|\n")
	for _, f := range fields {
		name, in, kind := f.Name, f.In, f.Type
		switch f.In {
		case ops.InHeader:
			name = f.Header
		case ops.InPrefer:
			name, in, kind = "Prefer", ops.InHeader, "wait=N"
		}
		if f.Items != "" {
			kind += " of " + f.Items
		}
		help := f.Help
		if len(f.Enum) > 0 {
			help += " (" + strings.Join(f.Enum, ", ") + ")"
		}
		if f.Default != "" {
			help += " Default: " + f.Default + "."
		}
		if f.Required {
			help += " **Required.**"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, in, kind, strings.TrimSpace(help))
	}
	b.WriteByte('\n')
}

func block(b *bytes.Buffer, language string, v any) error {
	var compact bytes.Buffer
	if err := ops.Encode(&compact, v); err != nil {
		return err
	}
	b.WriteString("```" + language + "\n")
	if err := json.Indent(b, compact.Bytes(), "", "  "); err != nil {
		return err
	}
	b.WriteString("\n```\n\n")
	return nil
}
