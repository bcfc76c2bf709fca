package ops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"vellocity/internal/domain"
)

// Limits of JSON input, beyond its size.
const (
	maxDepth = 32
	maxItems = 10_000
)

// ParseJSON reads one JSON value strictly: valid UTF-8, no name twice in an object, no
// deeper than 32 levels, no list over 10,000 items, nothing after the value. Objects
// are map[string]any, lists []any, numbers [json.Number]. The error is BAD_REQUEST.
func ParseJSON(raw []byte) (any, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, domain.Errorf(domain.CodeBadRequest, "%s", Capitalize(err.Error()))
	}
	return v, nil
}

func parse(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("the body is not valid UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		return nil, readable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body has something after the JSON value")
	}
	return v, nil
}

func readable(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("the body is not valid JSON: near byte %d", syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the body is not valid JSON: it ends too early")
	}
	return err
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the body is nested deeper than %d levels", maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return parseObject(d, depth)
	case json.Delim('['):
		return parseArray(d, depth)
	}
	return t, nil
}

func parseObject(d *json.Decoder, depth int) (any, error) {
	m := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, errors.New("the body is not valid JSON")
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("the field %q appears twice", Clip(name))
		}
		if m[name], err = parseValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return m, err
}

func parseArray(d *json.Decoder, depth int) (any, error) {
	l := []any{}
	for d.More() {
		if len(l) == maxItems {
			return nil, fmt.Errorf("a list has more than %d items", maxItems)
		}
		v, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	_, err := d.Token()
	return l, err
}

// Clip shortens a caller's own text for a message, to 64 bytes.
func Clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// WithBuffer calls f with an empty buffer that is reused afterwards.
func WithBuffer(f func(*bytes.Buffer)) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	f(b)
}

// Encode appends v's JSON to b, without escaping for HTML and without a newline.
func Encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1)
	return nil
}

// MustEncode returns v's JSON. It panics on a value that has none, so it is only for
// values that the program itself builds.
func MustEncode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("ops: a value cannot be written as JSON: " + err.Error())
	}
	return b
}

// Capitalize makes the first letter of an ASCII text a capital.
func Capitalize(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
