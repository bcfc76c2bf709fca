package ai

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// The bounds of a search for JSON in an answer.
const (
	maxStarts     = 64 // brackets at which a value may begin
	maxCandidates = 24
)

// candidates returns the JSON values in an answer, the likeliest first: the whole, the
// values in code fences, other objects and lists in the text, and then what is
// directly inside of each, since some models wrap their answer.
func candidates(text string) []string {
	text = strings.TrimSpace(text)
	var all []string
	add := func(values []string) {
		for _, v := range values {
			if len(all) < maxCandidates {
				all = append(all, v)
			}
		}
	}
	if json.Valid([]byte(text)) {
		add([]string{text})
	} else {
		for i, part := range strings.Split(text, "```") {
			if i%2 == 1 {
				add(values(part))
			}
		}
		add(values(text))
	}
	for _, v := range all {
		add(inside(v))
	}
	return all
}

// values returns the objects and lists in a text, one after the other.
func values(text string) (found []string) {
	for starts := 0; starts < maxStarts; starts++ {
		i := strings.IndexAny(text, "{[")
		if i < 0 {
			break
		}
		text = text[i:]
		dec := json.NewDecoder(strings.NewReader(text))
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			text = text[1:]
			continue
		}
		found = append(found, string(value))
		text = text[dec.InputOffset():]
	}
	return found
}

// inside returns the members of a value that are objects or lists, and the value that
// is written in a string.
func inside(value string) (found []string) {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return values(text)
	}
	dec := json.NewDecoder(strings.NewReader(value))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') && open != json.Delim('[') {
		return nil
	} else if open == json.Delim('[') {
		return members(dec, false)
	}
	return members(dec, true)
}

func members(dec *json.Decoder, named bool) (found []string) {
	for dec.More() && len(found) < maxCandidates {
		if named {
			if _, err := dec.Token(); err != nil {
				return found
			}
		}
		var member json.RawMessage
		if dec.Decode(&member) != nil {
			return found
		}
		if c := member[0]; c == '{' || c == '[' {
			found = append(found, string(member))
		}
	}
	return found
}

func longest(all []string) string {
	best := all[0]
	for _, v := range all {
		if len(v) > len(best) {
			best = v
		}
	}
	return best
}

// prune returns a value without the properties that the schema does not allow; ok is
// false where there are none.
func prune(schema json.RawMessage, value string) (less string, ok bool) {
	root, err := decode(string(schema))
	if err != nil {
		return "", false
	}
	v, err := decode(value)
	if err != nil {
		return "", false
	}
	p := pruner{root: root}
	p.walk(root, v, 0)
	if !p.pruned {
		return "", false
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return "", false
	}
	return strings.TrimSpace(out.String()), true
}

// decode reads one JSON value, with its numbers as they are written.
func decode(text string) (v any, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err = dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err = dec.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return v, nil
}

type pruner struct {
	root   any
	pruned bool
}

// maxNesting ends schemas that refer to themselves.
const maxNesting = 64

// walk removes from v what the closed objects of a schema do not name.
func (p *pruner) walk(schema, v any, depth int) {
	node, _ := schema.(map[string]any)
	if ref, ok := node["$ref"].(string); ok {
		node = p.resolve(ref)
	}
	if node == nil || depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		properties, _ := node["properties"].(map[string]any)
		for name, member := range v {
			child, known := properties[name]
			if !known && node["additionalProperties"] == false {
				delete(v, name)
				p.pruned = true
			} else {
				p.walk(child, member, depth+1)
			}
		}
	case []any:
		for _, item := range v {
			p.walk(node["items"], item, depth+1)
		}
	}
}

// resolve returns the part of the schema that a reference names.
func (p *pruner) resolve(ref string) map[string]any {
	node := p.root
	for part := range strings.SplitSeq(strings.TrimPrefix(strings.TrimPrefix(ref, "#"), "/"), "/") {
		parent, _ := node.(map[string]any)
		node = parent[part]
	}
	found, _ := node.(map[string]any)
	return found
}
