package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The types below read JSON leniently: a value of another type than expected is
// absent, and never makes an event fail.

// String is text. A number counts as the text that it is written as. The bytes of
// the text are kept as they came, halves of characters among them: see [Text.Add].
type String string

// UnmarshalJSON never fails.
func (s *String) UnmarshalJSON(data []byte) error {
	*s = ""
	switch c := first(data); {
	case c == '"':
		*s = String(unquote(data))
	case c == '-' || c >= '0' && c <= '9':
		*s = String(data)
	}
	return nil
}

// Count is a number of something. A number in a string counts, a negative one does not.
type Count int64

// maxCount keeps sums and prices of counts in range.
const maxCount = 1 << 40

// UnmarshalJSON never fails.
func (c *Count) UnmarshalJSON(data []byte) error {
	*c = 0
	if f, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64); err == nil && f > 0 {
		*c = Count(min(f, maxCount))
	}
	return nil
}

// Content is text, or a list of parts, some of which may be thoughts.
type Content struct {
	Text    string
	Thought int // bytes of thoughts
}

// UnmarshalJSON never fails.
func (c *Content) UnmarshalJSON(data []byte) error {
	*c = Content{}
	c.read(data, 0)
	return nil
}

// maxParts bounds the depth of lists within lists.
const maxParts = 8

func (c *Content) read(data []byte, depth int) {
	switch first(data) {
	case '"':
		c.Text += unquote(data)
	case '[':
		var parts []json.RawMessage
		if depth < maxParts && json.Unmarshal(data, &parts) == nil {
			for _, p := range parts {
				c.read(p, depth+1)
			}
		}
	case '{':
		var part struct {
			Type     String
			Text     json.RawMessage
			Content  json.RawMessage
			Thinking json.RawMessage
		}
		if err := json.Unmarshal(data, &part); err != nil {
			return
		}
		if kind := strings.ToLower(string(part.Type)); strings.Contains(kind, "think") || strings.Contains(kind, "reason") {
			c.Thought += len(data)
			return
		}
		c.Thought += len(part.Thinking)
		c.read(part.Text, depth+1)
		c.read(part.Content, depth+1)
	}
}

// first returns the first byte of a value, which has no space around it.
func first(data []byte) byte {
	if len(data) == 0 {
		return 0
	}
	return data[0]
}

// Present reports whether a value says anything: it is not null, false, zero or empty.
func Present(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "false", "0", `""`, "[]", "{}":
		return false
	}
	return true
}

// unquote decodes a JSON string that is known to be valid. Unlike encoding/json it
// keeps what is not UTF-8, and writes half a surrogate pair as three bytes, so that a
// character which was cut can be put together with its other half.
func unquote(data []byte) string {
	s := data[1 : len(data)-1]
	if bytes.IndexByte(s, '\\') < 0 {
		return string(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		if s[i] != 'u' {
			out = append(out, escapes[s[i]])
			continue
		}
		r := hex4(s[i+1:])
		i += 4
		if !utf16.IsSurrogate(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		if i+6 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(s[i+3:])); pair != utf8.RuneError {
				out = utf8.AppendRune(out, pair)
				i += 6
				continue
			}
		}
		out = append(out, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return string(out)
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func hex4(s []byte) rune {
	n, _ := strconv.ParseUint(string(s[:4]), 16, 32)
	return rune(n)
}
