// Package file reads and writes workflow templates as YAML files, a document for each. What it
// writes and reads again is the same template: names keep their order, numbers their digits.
package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"vellocity/internal/domain"
)

// MaxBytes is how long a file may be.
const MaxBytes = 4 << 20

// maxDepth is how deep a file may be nested: deeper than any template may.
const maxDepth = 4 * domain.MaxTemplateDepth

// Fault is something that is wrong in a file. Field is empty where it is about the whole.
type Fault struct {
	Line           int
	Field, Message string
}

// Document is one template of a file. Where it has faults, the template is not whole.
type Document struct {
	Template domain.Template
	Faults   []Fault
	root     *yaml.Node
}

func (d *Document) fault(path string, n *yaml.Node, message string) {
	subject := ""
	if path != "" {
		subject = "The " + domain.Leaf(path) + " field "
	}
	d.Faults = append(d.Faults, Fault{n.Line, path, subject + message})
}

// Line returns the line on which a field stands, such as steps.2.when; that of what is around
// it where the file has no such field.
func (d *Document) Line(path string) int {
	at, line := d.root, d.root.Line
	for part := range strings.SplitSeq(path, ".") {
		next, from := child(at, part)
		if next == nil {
			return line
		}
		at, line = next, from
	}
	return line
}

// child returns an entry of an object or a list, and the line on which it begins.
func child(n *yaml.Node, part string) (*yaml.Node, int) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				return n.Content[i+1], n.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		for i, e := range n.Content {
			if fmt.Sprint(i) == part {
				return e, e.Line
			}
		}
	}
	return nil, 0
}

// Read reads the templates of a file. What is wrong with the form of one is in its faults; the
// error is about a file that is no YAML at all.
func Read(source []byte) ([]Document, error) {
	if len(source) > MaxBytes {
		return nil, fmt.Errorf("the file has %d bytes; %d are the most", len(source), MaxBytes)
	}
	var list []Document
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	for {
		var whole yaml.Node
		err := decoder.Decode(&whole)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the file is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		}
		if len(whole.Content) == 0 || whole.Content[0].ShortTag() == "!!null" {
			continue // an empty document
		}
		d := Document{root: whole.Content[0]}
		if d.plain("", d.root, 0); len(d.Faults) == 0 {
			d.read()
		}
		list = append(list, d)
	}
	if list == nil {
		return nil, errors.New("the file has no template")
	}
	return list, nil
}

// plain notes what JSON has no form for: aliases, names that are no text or come twice, and
// nesting without end.
func (d *Document) plain(path string, n *yaml.Node, depth int) {
	switch {
	case n.Kind == yaml.AliasNode:
		d.fault(path, n, "must be written out: a template has no aliases")
		return
	case depth > maxDepth:
		d.fault(path, n, fmt.Sprintf("is nested deeper than %d levels", maxDepth))
		return
	}
	for i, e := range n.Content {
		at := fmt.Sprint(i)
		if n.Kind == yaml.MappingNode {
			name := n.Content[i-i%2]
			at = name.Value
			if i%2 == 0 {
				again := func(j int) bool { return j < i && n.Content[j].Value == at }
				if name.Kind != yaml.ScalarNode {
					d.fault(path, name, "has a name that is not text")
				} else if slices.ContainsFunc(evens(len(n.Content)), again) {
					d.fault(join(path, at), name, "is there twice")
				}
				continue
			}
		}
		d.plain(join(path, at), e, depth+1)
	}
}

func evens(n int) (list []int) {
	for i := 0; i < n; i += 2 {
		list = append(list, i)
	}
	return list
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d *Document) read() {
	t := &d.Template
	if t.Category = domain.TemplateOther; d.root.Kind != yaml.MappingNode {
		d.fault("", d.root, "A template must be an object with slug, name, input_schema and steps")
		return
	}
	d.fields("", d.root, map[string]func(path string, n *yaml.Node){
		"slug":         func(p string, n *yaml.Node) { d.text(p, n, &t.Slug) },
		"name":         func(p string, n *yaml.Node) { d.text(p, n, &t.Name) },
		"description":  func(p string, n *yaml.Node) { d.text(p, n, &t.Description) },
		"category":     func(p string, n *yaml.Node) { d.text(p, n, (*string)(&t.Category)) },
		"input_schema": func(p string, n *yaml.Node) { t.InputSchema = d.object(p, n) },
		"steps": func(p string, n *yaml.Node) {
			d.each(p, n, func(p string, e *yaml.Node) { t.Steps = append(t.Steps, d.step(p, e)) })
		},
	})
	if t.Slug == "" && len(d.Faults) == 0 {
		d.fault("slug", d.root, "is required")
	}
}

func (d *Document) step(path string, n *yaml.Node) (s domain.TemplateStep) {
	if n.Kind != yaml.MappingNode {
		d.fault(path, n, "must be an object")
		return s
	}
	d.fields(path, n, map[string]func(path string, n *yaml.Node){
		"key":        func(p string, n *yaml.Node) { d.text(p, n, &s.Key) },
		"capability": func(p string, n *yaml.Node) { d.text(p, n, &s.Capability) },
		"when":       func(p string, n *yaml.Node) { d.text(p, n, &s.When) },
		"settings":   func(p string, n *yaml.Node) { s.Settings = d.object(p, n) },
		"depends_on": func(p string, n *yaml.Node) {
			d.each(p, n, func(p string, e *yaml.Node) {
				var key string
				d.text(p, e, &key)
				s.DependsOn = append(s.DependsOn, key)
			})
		},
	})
	return s
}

// fields reads the fields of an object. One that there is not is a fault.
func (d *Document) fields(path string, n *yaml.Node, known map[string]func(path string, n *yaml.Node)) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		at := join(path, name)
		if read, ok := known[name]; ok {
			read(at, n.Content[i+1])
			continue
		}
		names := make([]string, 0, len(known))
		for k := range known {
			names = append(names, k)
		}
		slices.Sort(names)
		d.Faults = append(d.Faults, Fault{n.Content[i].Line, at, domain.UnknownName("field", name, names)})
	}
}

func (d *Document) each(path string, n *yaml.Node, f func(path string, n *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		d.fault(path, n, "must be a list")
		return
	}
	for i, e := range n.Content {
		f(fmt.Sprintf("%s.%d", path, i), e)
	}
}

func (d *Document) text(path string, n *yaml.Node, into *string) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || n.ShortTag() == "!!binary" {
		d.fault(path, n, "must be text")
		return
	}
	*into = n.Value // of 007 and yes, too
}

func (d *Document) object(path string, n *yaml.Node) json.RawMessage {
	if n.Kind != yaml.MappingNode {
		d.fault(path, n, "must be an object")
		return nil
	}
	var b bytes.Buffer
	d.jsonOf(path, n, &b)
	return b.Bytes()
}
