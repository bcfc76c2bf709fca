package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"vellocity/internal/domain"
)

// Write returns a template as a document of a YAML file. Two templates that differ in nothing
// but ids, versions and dates give the same text.
func Write(t domain.Template) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	add(root, "slug", text(t.Slug))
	add(root, "name", text(t.Name))
	if t.Description != "" {
		add(root, "description", text(t.Description))
	}
	add(root, "category", text(string(t.Category)))
	inputs, err := nodeOf(t.InputSchema)
	if err != nil {
		return nil, fmt.Errorf("write the input schema of %s: %w", t.Slug, err)
	}
	add(root, "input_schema", inputs)
	steps := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, s := range t.Steps {
		n, err := stepNode(s)
		if err != nil {
			return nil, fmt.Errorf("write the step %s of %s: %w", s.Key, t.Slug, err)
		}
		steps.Content = append(steps.Content, n)
	}
	add(root, "steps", steps)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("write %s: %w", t.Slug, err)
	}
	return b.Bytes(), e.Close()
}

func add(n *yaml.Node, name string, value *yaml.Node) {
	n.Content = append(n.Content, text(name), value)
}

func stepNode(s domain.TemplateStep) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	add(n, "key", text(s.Key))
	add(n, "capability", text(s.Capability))
	if len(s.DependsOn) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
		for _, key := range s.DependsOn {
			list.Content = append(list.Content, text(key))
		}
		add(n, "depends_on", list)
	}
	if s.When != "" {
		add(n, "when", text(s.When))
	}
	settings := s.Settings
	if len(settings) == 0 {
		settings = json.RawMessage(`{}`)
	}
	value, err := nodeOf(settings)
	if err != nil {
		return nil, err
	}
	if len(value.Content) > 0 {
		add(n, "settings", value)
	}
	return n, nil
}

// Changes names the fields in which two templates differ: name, input_schema, steps.post; none
// where they are the same but for ids, versions and dates.
func Changes(before, after domain.Template) (fields []string, err error) {
	a, err := parts(before)
	if err != nil {
		return nil, err
	}
	b, err := parts(after)
	if err != nil {
		return nil, err
	}
	for _, p := range a {
		i := slices.IndexFunc(b, func(q part) bool { return q.field == p.field })
		if i < 0 || b[i].text != p.text {
			fields = append(fields, p.field)
		}
	}
	for _, q := range b {
		if !slices.ContainsFunc(a, func(p part) bool { return q.field == p.field }) {
			fields = append(fields, q.field)
		}
	}
	order := func(t domain.Template) (keys []string) {
		for _, s := range t.Steps {
			keys = append(keys, s.Key)
		}
		return keys
	}
	if len(fields) == 0 && !slices.Equal(order(before), order(after)) {
		fields = append(fields, "steps")
	}
	return fields, nil
}

// part is a field of a template, as it is written.
type part struct{ field, text string }

func parts(t domain.Template) ([]part, error) {
	list := []part{
		{"slug", t.Slug}, {"name", t.Name}, {"description", t.Description}, {"category", string(t.Category)},
	}
	inputs, err := nodeOf(t.InputSchema)
	if err != nil {
		return nil, fmt.Errorf("read the input schema of %s: %w", t.Slug, err)
	}
	text, err := yaml.Marshal(inputs)
	if err != nil {
		return nil, fmt.Errorf("compare %s: %w", t.Slug, err)
	}
	list = append(list, part{"input_schema", string(text)})
	for _, s := range t.Steps {
		n, err := stepNode(s)
		if err != nil {
			return nil, fmt.Errorf("read the step %s of %s: %w", s.Key, t.Slug, err)
		}
		if text, err = yaml.Marshal(n); err != nil {
			return nil, fmt.Errorf("compare %s: %w", t.Slug, err)
		}
		list = append(list, part{"steps." + s.Key, string(text)})
	}
	return list, nil
}
