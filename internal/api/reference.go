package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Reference writes the operations as a Markdown document for people: docs/api.md.
func Reference(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(`# API

Made from the operation table; change the table, then run ` + "`go test ./internal/api -update`" + `.
The machine-readable form is ` + "`GET /api/v1/openapi.json`" + `.

` + apiDescription + `

`)
	chapter := ""
	table := Table()
	for i := range table {
		o := &table[i]
		if o.Tag != chapter {
			chapter = o.Tag
			b.WriteString("## " + chapter + "\n\n")
		}
		if err := o.reference(&b); err != nil {
			return err
		}
	}
	_, err := w.Write(bytes.ReplaceAll(bytes.TrimRight(b.Bytes(), "\n"), []byte("\n\n\n"), []byte("\n\n")))
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

func (o *Op) reference(b *bytes.Buffer) error {
	fmt.Fprintf(b, "### %s\n\n`%s %s`\n\n%s\n\n", strings.TrimSuffix(o.Summary, "."), o.Method, o.URL(), o.explained())
	var doors []string
	if o.NoCommand == "" {
		doors = append(doors, "`vellocity "+o.Noun+" "+o.Verb+"`")
	}
	if o.NoTool == "" {
		doors = append(doors, "MCP tool `"+o.Name+"`")
	}
	if len(doors) > 0 {
		b.WriteString("Also: " + strings.Join(doors, ", ") + ".\n\n")
	}
	o.inputTable(b)
	if o.Example != nil && o.in != nil && o.in.body != nil {
		if err := block(b, "json", o.bodyExample()); err != nil {
			return err
		}
	}
	if o.out == nil || o.Status == statusNoContent || len(o.Media) > 0 || o.Result == nil {
		return nil
	}
	answer, err := o.example()
	if err != nil {
		return fmt.Errorf("example of %s: %w", o.Name, err)
	}
	fmt.Fprintf(b, "Answers %d:\n\n", o.Status)
	return block(b, "json", answer)
}

func (o *Op) inputTable(b *bytes.Buffer) {
	fields := o.Fields()
	if len(fields) == 0 {
		return
	}
	b.WriteString("| field | in | type | |\n|---|---|---|---|\n")
	for _, f := range fields {
		name, in, kind := f.Name, f.In, f.Type
		switch f.In {
		case inHeader:
			name = f.Header
		case inPrefer:
			name, in, kind = "Prefer", inHeader, "wait=N"
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

// bodyExample is the row's example without what is not in the body.
func (o *Op) bodyExample() map[string]any {
	out := map[string]any{}
	given, _ := o.Example.(map[string]any)
	for name, v := range given {
		if f := o.in.byName[name]; f != nil && f.in == inBody {
			out[name] = v
		}
	}
	return out
}

func block(b *bytes.Buffer, language string, v any) error {
	var compact bytes.Buffer
	if err := encode(&compact, v); err != nil {
		return err
	}
	b.WriteString("```" + language + "\n")
	if err := json.Indent(b, compact.Bytes(), "", "  "); err != nil {
		return err
	}
	b.WriteString("\n```\n\n")
	return nil
}
