package templateform

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/web/ui"
)

// textFor says how the text of a field stands for a JSON value.
type textFor int

const (
	forText    textFor = iota // the text itself
	forScalar                 // a number, or true or false
	forList                   // texts, one per line
	forNumbers                // numbers, one per line
	forJSON                   // JSON
)

// read returns the value that a text stands for; nil where the field is empty. A text that
// is no value of its kind stays a text: what checks the value says what is wrong, and an
// expression is always a text.
func (k textFor) read(text string) json.RawMessage {
	trimmed := strings.TrimSpace(text)
	switch {
	case text == "" || k != forText && trimmed == "":
		return nil
	case k == forText:
		return encoded(text)
	case k == forScalar, k == forJSON, strings.ContainsAny(trimmed[:1], `["{`):
		if json.Valid([]byte(trimmed)) {
			return json.RawMessage(trimmed)
		}
	}
	if k != forList && k != forNumbers {
		return encoded(trimmed)
	}
	if strings.HasPrefix(trimmed, "{{") && strings.HasSuffix(trimmed, "}}") && !strings.Contains(trimmed, "\n") {
		return encoded(trimmed) // the whole list
	}
	list := []json.RawMessage{}
	for _, line := range linesOf(trimmed) {
		if k == forNumbers && json.Valid([]byte(line)) {
			list = append(list, json.RawMessage(line))
		} else {
			list = append(list, encoded(line))
		}
	}
	return encoded(list)
}

// write returns the text that stands for a value, so that [textFor.read] returns the same
// value once a browser has sent it back; false where there is none.
func (k textFor) write(value json.RawMessage) (string, bool) {
	v, err := decoded(value)
	if err != nil {
		return "", false
	}
	for _, text := range []string{plainText(v), ui.PrettyJSON(value)} {
		if unchanged(text) && same(k.read(text), value) {
			return text, true
		}
	}
	return "", false
}

func plainText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return string(encoded(x))
	case []any:
		lines := make([]string, len(x))
		for i, e := range x {
			lines[i] = plainText(e)
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// unchanged reports whether a text field of a browser sends a text back as it was.
func unchanged(text string) bool {
	return utf8.ValidString(text) && !strings.HasPrefix(text, "\n") && !strings.ContainsAny(text, "\r\x00")
}

// linesOf returns the lines of a text, without white space around them and without empty ones.
func linesOf(text string) (list []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// decoded reads one JSON value, with numbers as they are written.
func decoded(raw json.RawMessage) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// encoded writes JSON. What it is called with has no value that JSON has not.
func encoded(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}

// same reports whether two JSON values are equal; the order of an object's fields is none of it.
func same(a, b json.RawMessage) bool {
	x, err := decoded(a)
	y, wrong := decoded(b)
	return err == nil && wrong == nil && reflect.DeepEqual(x, y)
}

// object reads the fields of a JSON object; empty for an empty text. ok is false where the
// text is no object.
func object(text string) (fields map[string]json.RawMessage, ok bool) {
	if strings.TrimSpace(text) == "" {
		return map[string]json.RawMessage{}, true
	}
	err := json.Unmarshal([]byte(text), &fields)
	return fields, err == nil && fields != nil
}

// objectText shows an object for people; "" for an empty one.
func objectText(fields map[string]json.RawMessage) string {
	if len(fields) == 0 {
		return ""
	}
	return ui.PrettyJSON(encoded(fields))
}

// stringsOf reads a list of texts; ok is false where the value is anything else.
func stringsOf(raw json.RawMessage) (list []string, ok bool) {
	var values []any
	if json.Unmarshal(raw, &values) != nil {
		return nil, false
	}
	for _, v := range values {
		s, text := v.(string)
		if !text {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

// stringOf reads a text; "" where the value is anything else.
func stringOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// place finds a word in a list, and returns the length of the list where it is not there.
func place(list []string, word string) int {
	if i := slices.Index(list, word); i >= 0 {
		return i
	}
	return len(list)
}
