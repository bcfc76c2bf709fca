package api

import (
	"fmt"
	"strconv"
)

// Field is one field of an operation's input, as commands and documents need it.
type Field struct {
	Name     string
	In       string // path, query, body, header or prefer
	Header   string // its name, where it is a header
	Type     string // string, integer, number, boolean, array or object
	Items    string // type of an array's items
	Help     string
	Enum     []string
	Default  string
	Required bool
}

// Fields lists the operation's input in the order of its declaration.
func (o *Op) Fields() []Field {
	if o.in == nil {
		return nil
	}
	out := make([]Field, len(o.in.fields))
	for i, f := range o.in.fields {
		out[i] = Field{Name: f.name, In: f.in, Header: f.header, Type: f.schema.Type, Help: f.schema.Description, Required: f.needed}
		values := f.schema.Enum
		if f.schema.Items != nil {
			out[i].Items, values = f.schema.Items.Type, f.schema.Items.Enum
		}
		for _, v := range values {
			out[i].Enum = append(out[i].Enum, fmt.Sprint(v))
		}
		if f.schema.Default != nil {
			out[i].Default = fmt.Sprint(f.schema.Default)
		}
	}
	return out
}

// Answers says what the operation's answer is: json, nothing, file or stream.
func (o *Op) Answers() string {
	switch {
	case o.Streams != "":
		return "stream"
	case len(o.Media) > 0:
		return "file"
	case o.Status == statusNoContent:
		return "nothing"
	}
	return "json"
}

const statusNoContent = 204

// Samples is the operation's example input as strings, by field.
func (o *Op) Samples() map[string]any {
	given, _ := o.Example.(map[string]any)
	out := map[string]any{}
	for name, value := range given {
		out[name] = value
	}
	for _, f := range o.Fields() {
		if _, there := out[f.Name]; !there && f.In == inPath {
			out[f.Name] = samplePath(o, f)
		}
	}
	return out
}

func samplePath(o *Op, f Field) string {
	switch {
	case f.Name == "slug":
		return sampleCapability.Slug
	case f.Name == "n":
		return "1"
	case o.Noun == "executions":
		return strconv.FormatInt(sampleExecution.ID, 10)
	case o.Noun == "content" || o.Noun == "kanban":
		return strconv.FormatInt(sampleCard.ID, 10)
	}
	return "5"
}
