package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// nodeOf turns JSON into YAML that keeps the order of names and the digits of numbers.
func nodeOf(raw json.RawMessage) (*yaml.Node, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	n, err := readValue(d)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = fmt.Errorf("there is more than one value")
		}
	}
	return n, err
}

func readValue(d *json.Decoder) (*yaml.Node, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := t.(type) {
	case json.Delim:
		if v == '{' {
			return readAll(d, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
		}
		return readAll(d, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"})
	case string:
		return text(v), nil
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(v.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

// readAll reads what an object or a list has, and its end.
func readAll(d *json.Decoder, into *yaml.Node) (*yaml.Node, error) {
	for d.More() {
		n, err := readValue(d) // names come as values do
		if err != nil {
			return nil, err
		}
		into.Content = append(into.Content, n)
	}
	if len(into.Content) == 0 {
		into.Style = yaml.FlowStyle
	}
	_, err := d.Token()
	return into, err
}

// text is a string: as it is on its lines where YAML keeps that exactly, else in quotes.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	odd := func(r rune) bool { return r != '\n' && r != ' ' && !unicode.IsPrint(r) }
	switch {
	case strings.ContainsFunc(s, odd), s != strings.TrimSpace(s), s == "<<":
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
		if strings.Contains(s, " \n") {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	return n
}

// jsonOf turns YAML into JSON. A fault is noted where YAML has what JSON has not.
func (d *Document) jsonOf(path string, n *yaml.Node, b *bytes.Buffer) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			name := n.Content[i].Value
			b.Write(quoted(name))
			b.WriteByte(':')
			d.jsonOf(path+"."+name, n.Content[i+1], b)
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, e := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			d.jsonOf(fmt.Sprintf("%s.%d", path, i), e, b)
		}
		b.WriteByte(']')
	default:
		b.Write(d.scalar(path, n))
	}
}

func (d *Document) scalar(path string, n *yaml.Node) []byte {
	var value any
	switch n.ShortTag() {
	case "!!str", "!!timestamp", "!!merge":
		return quoted(n.Value)
	case "!!null":
		return []byte("null")
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return []byte(n.Value)
		}
	case "!!bool":
	default:
		d.fault(path, n, "must be text, a number, true, false or null")
		return []byte("null")
	}
	if err := n.Decode(&value); err != nil {
		d.fault(path, n, "cannot be read: "+err.Error())
		return []byte("null")
	}
	raw, err := json.Marshal(value)
	if err != nil { // .inf and .nan
		d.fault(path, n, "must be a number that JSON has")
		return []byte("null")
	}
	return raw
}

// quoted is a JSON string, without the escapes that HTML would need.
func quoted(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("file: " + err.Error()) // a string is always written
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
