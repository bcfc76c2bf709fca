package expression

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Settings is a JSON object with expressions in its texts. A text that is one expression
// and nothing else gets the value of it, with its type; in other text the value is
// written out. It does not change.
type Settings struct {
	root any // as decoded, with a part list in place of each text that has expressions
	at   map[string]*text
}

// text is a text with expressions in it.
type text struct {
	parts []part
	whole bool // it is one expression and nothing else
}

// part is literal text or an expression.
type part struct {
	literal string
	x       *Expression
}

// Note takes a fault of a field: its path below the settings, such as "key_points.0", and
// the end of a sentence about it.
type Note func(path string, fault error)

// ParseSettings reads an object. Expressions are looked for in its texts once it is
// decoded, so that no value can change what stands around it.
func ParseSettings(raw json.RawMessage, scope Scope, note Note) (*Settings, error) {
	s := &Settings{at: map[string]*text{}}
	var err error
	if s.root, err = decode(raw); err != nil {
		return nil, err
	}
	if s.root == nil {
		s.root = map[string]any{}
	}
	s.root = s.parse(s.root, "", scope, note)
	return s, nil
}

func (s *Settings) parse(value any, path string, scope Scope, note Note) any {
	switch v := value.(type) {
	case string:
		t, faults := parseText(v, scope)
		for _, f := range faults {
			note(path, f)
		}
		if t == nil {
			return v
		}
		s.at[path] = t
		return t
	case []any:
		for i := range v {
			v[i] = s.parse(v[i], below(path, strconv.Itoa(i)), scope, note)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			v[name] = s.parse(v[name], below(path, name), scope, note)
		}
	}
	return value
}

func below(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// parseText reads a text; nil where it is plain.
func parseText(s string, scope Scope) (*text, []error) {
	if !strings.Contains(s, opening) {
		return nil, nil
	}
	t := &text{}
	var faults []error
	for s != "" {
		i := strings.Index(s, opening)
		switch {
		case i < 0:
			t.add(s)
			s = ""
			continue
		case i > 0 && s[i-1] == '\\':
			t.add(s[:i-1] + opening)
			s = s[i+len(opening):]
			continue
		}
		t.add(s[:i])
		end := closes(s[i+len(opening):])
		if end < 0 {
			return t, append(faults, fmt.Errorf("has %s without %s; write %s for the braces themselves",
				opening, closing, escaped))
		}
		x, wrong := Compile(s[i+len(opening):][:end], scope)
		faults = append(faults, wrong...)
		t.parts = append(t.parts, part{x: x})
		s = s[i+len(opening)+end+len(closing):]
	}
	t.whole = len(t.parts) == 1 && t.parts[0].x != nil
	return t, faults
}

// add appends literal text.
func (t *text) add(s string) {
	if s == "" {
		return
	}
	if n := len(t.parts); n > 0 && t.parts[n-1].literal != "" {
		t.parts[n-1].literal += s
		return
	}
	t.parts = append(t.parts, part{literal: s})
}

// closes returns where the closing braces of an expression stand; -1: nowhere. Those in a
// text or an object within the expression are part of it.
func closes(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case strings.HasPrefix(s[i:], closing):
			return i
		}
	}
	return -1
}

// UsesAt returns the keys of the steps that the text at a path refers to.
func (s *Settings) UsesAt(path string) (keys []string) {
	if t := s.at[path]; t != nil {
		for _, p := range t.parts {
			if p.x != nil {
				keys = append(keys, p.x.uses...)
			}
		}
	}
	return keys
}

// Source returns the expression at a path where the text is that and nothing else.
func (s *Settings) Source(path string) string {
	if t := s.at[path]; t != nil && t.whole {
		return strings.TrimSpace(t.parts[0].x.source)
	}
	return ""
}

// Paths returns the paths of the texts that have expressions, sorted.
func (s *Settings) Paths() []string { return slices.Sorted(maps.Keys(s.at)) }

// Uses returns the keys of the steps that the expressions refer to, sorted.
func (s *Settings) Uses() []string { return s.keys((*Expression).Uses) }

// Needs returns the keys of the steps that the expressions cannot do without, sorted.
func (s *Settings) Needs() []string { return s.keys((*Expression).Needs) }

func (s *Settings) keys(of func(*Expression) []string) []string {
	set := map[string]bool{}
	for _, t := range s.at {
		for _, p := range t.parts {
			if p.x == nil {
				continue
			}
			for _, key := range of(p.x) {
				set[key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// FieldError is what is wrong with the value of one field.
type FieldError struct {
	Path  string // below the settings
	Cause error
}

// Error implements error.
func (e *FieldError) Error() string { return e.Path + ": " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Cause }

// Resolve returns the object with the values of its expressions, as JSON. A field whose
// value is nil is left out. The error is the first [FieldError].
func (s *Settings) Resolve(v *Values) (json.RawMessage, error) {
	object, open, faults := s.ResolveKnown(v, func(string) bool { return true })
	if len(faults) > 0 {
		return nil, faults[0]
	}
	if len(open) > 0 {
		return nil, errors.New("a value is not known yet")
	}
	return object, nil
}

// ResolveKnown is [Settings.Resolve] for a time at which only some steps are recorded,
// those that known accepts. An expression that uses another one stays as it was written,
// and its path is among open.
func (s *Settings) ResolveKnown(
	v *Values, known func(step string) bool,
) (object json.RawMessage, open []string, faults []*FieldError) {
	r := resolver{values: v, known: known}
	root := r.resolve(s.root, "")
	object, err := encode(root)
	if err != nil {
		r.faults = append(r.faults, &FieldError{Cause: err})
	}
	return object, r.open, r.faults
}

type resolver struct {
	values *Values
	known  func(step string) bool
	open   []string
	faults []*FieldError
}

func (r *resolver) resolve(value any, path string) any {
	switch v := value.(type) {
	case *text:
		return r.text(v, path)
	case []any:
		out := make([]any, 0, len(v))
		for i, e := range v {
			if e = r.resolve(e, below(path, strconv.Itoa(i))); e != nil || v[i] == nil {
				out = append(out, e)
			}
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if e := r.resolve(v[name], below(path, name)); e != nil || v[name] == nil {
				out[name] = e
			}
		}
		return out
	}
	return value
}

func (r *resolver) text(t *text, path string) any {
	for _, p := range t.parts {
		if p.x != nil && slices.ContainsFunc(p.x.uses, func(key string) bool { return !r.known(key) }) {
			r.open = append(r.open, path)
			return t.written()
		}
	}
	value, err := t.value(r.values)
	if err != nil {
		r.faults = append(r.faults, &FieldError{path, err})
		return nil
	}
	return value
}

// written returns the text as its author wrote it.
func (t *text) written() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.x != nil {
			b.WriteString(opening + p.x.source + closing)
		} else {
			b.WriteString(strings.ReplaceAll(p.literal, opening, escaped))
		}
	}
	return b.String()
}

func (t *text) value(v *Values) (any, error) {
	if t.whole {
		return t.parts[0].x.Value(v)
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.x == nil {
			b.WriteString(p.literal)
			continue
		}
		value, err := p.x.Value(v)
		if err != nil {
			return nil, err
		}
		switch value := value.(type) {
		case string:
			b.WriteString(value)
		case int:
			b.WriteString(strconv.Itoa(value))
		case float64:
			b.WriteString(strconv.FormatFloat(value, 'f', -1, 64))
		default:
			return nil, fmt.Errorf("%s is %s; only text and numbers can stand within a text", p.x.short(), kind(value))
		}
		if b.Len() > MaxResult {
			return nil, fmt.Errorf("the text has more than %d bytes", MaxResult)
		}
	}
	return b.String(), nil
}
