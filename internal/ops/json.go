package ops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"vellocity/internal/domain"
)

// Limits of JSON input, beyond its size.
const (
	maxDepth = 32
	maxItems = 10_000
)

// ParseJSON reads one JSON value strictly: valid UTF-8, no half of a surrogate pair, no
// name twice in an object, no deeper than 32 levels, no list over 10,000 items, nothing
// after the value. Objects are map[string]any, lists []any, numbers [json.Number], whole
// ones as their digits however they are written ([domain.WholeNumber]). A byte order
// mark at the start is skipped. The error is BAD_REQUEST.
func ParseJSON(raw []byte) (any, error) {
	d, err := parseDocument(raw)
	return d.tree, err
}

// document is a JSON value that was read.
type document struct {
	tree any
	raw  []byte
	// changed means that the tree says the same in other words than raw.
	changed bool
}

// parseDocument is [ParseJSON] for callers that decode the value afterwards.
func parseDocument(raw []byte) (document, error) {
	d := document{raw: bytes.TrimPrefix(raw, byteOrderMark)}
	if err := d.parse(); err != nil {
		return document{}, domain.Errorf(domain.CodeBadRequest, "%s", Capitalize(err.Error()))
	}
	return d, nil
}

// fill writes the checked document into the input that v points to.
func (d *document) fill(v reflect.Value) (err error) {
	raw := d.raw
	if d.changed {
		if raw, err = json.Marshal(d.tree); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		return domain.Errorf(domain.CodeBadRequest, "The input could not be read").Because(err)
	}
	return nil
}

// byteOrderMark is what some editors put before a text in UTF-8. RFC 8259, section 8.1,
// lets a reader skip it.
var byteOrderMark = []byte("\ufeff")

func (d *document) parse() (err error) {
	if !utf8.Valid(d.raw) {
		return errors.New("the body is not valid UTF-8")
	}
	if halfPair(d.raw) {
		return errors.New("the body has half of a surrogate pair, such as \\ud83d without \\udc1d")
	}
	r := json.NewDecoder(bytes.NewReader(d.raw))
	r.UseNumber()
	if d.tree, err = d.value(r, 0); err != nil {
		return readable(err)
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body has something after the JSON value")
	}
	return nil
}

// halfPair reports whether a JSON text escapes one half of a surrogate pair alone, which
// is no character (RFC 8259, section 8.2).
func halfPair(raw []byte) bool {
	for i := bytes.IndexByte(raw, '\\'); i >= 0 && i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		unit, ok := escapedUnit(raw[i:])
		switch {
		case !ok:
			i++ // the escaped character
		case !utf16.IsSurrogate(unit):
			i += 5
		default:
			low, _ := escapedUnit(raw[i+6:])
			if utf16.DecodeRune(unit, low) == utf8.RuneError {
				return true
			}
			i += 11
		}
	}
	return false
}

// escapedUnit reads \uXXXX at the start of a text.
func escapedUnit(raw []byte) (unit rune, ok bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(n), err == nil
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

func (d *document) value(r *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the body is nested deeper than %d levels", maxDepth)
	}
	t, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return d.object(r, depth)
	case json.Delim('['):
		return d.array(r, depth)
	}
	if n, ok := t.(json.Number); ok {
		if digits, whole := domain.WholeNumber(n); whole && digits != n {
			d.changed = true
			return digits, nil
		}
	}
	return t, nil
}

func (d *document) object(r *json.Decoder, depth int) (any, error) {
	m := map[string]any{}
	for r.More() {
		t, err := r.Token()
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
		if m[name], err = d.value(r, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := r.Token()
	return m, err
}

func (d *document) array(r *json.Decoder, depth int) (any, error) {
	l := []any{}
	for r.More() {
		if len(l) == maxItems {
			return nil, fmt.Errorf("a list has more than %d items", maxItems)
		}
		v, err := d.value(r, depth+1)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	_, err := r.Token()
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
	var b bytes.Buffer
	if err := Encode(&b, v); err != nil {
		panic("ops: a value cannot be written as JSON: " + err.Error())
	}
	return b.Bytes()
}

// Capitalize makes the first letter of an ASCII text a capital.
func Capitalize(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
