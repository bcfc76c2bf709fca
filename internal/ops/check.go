package ops

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/domain"
)

// check notes all faults of the value at path, in the words of [domain.Problems], and
// reports whether there were none.
func check(s *Schema, v any, path string, p *domain.Problems) bool {
	c := checker{p: p, ok: true}
	c.value(s, v, path)
	return c.ok
}

// checker collects faults and remembers whether it noted any.
type checker struct {
	p  *domain.Problems
	ok bool
}

// fault returns where to note a fault.
func (c *checker) fault() *domain.Problems {
	c.ok = false
	return c.p
}

func (c *checker) value(s *Schema, v any, path string) {
	if v == nil && path != "" {
		if !s.Nullable && s.Type != "" {
			c.fault().Null(path)
		}
		return
	}
	switch s.Type {
	case typeObject:
		c.object(s, v, path)
	case typeArray:
		c.array(s, v, path)
	case typeString:
		c.text(s, v, path)
	case typeInteger, typeNumber:
		c.number(s, v, path)
	case typeBoolean:
		if _, ok := v.(bool); !ok {
			c.fault().Type(path, "true or false")
		}
	}
}

func (c *checker) object(s *Schema, v any, path string) {
	m, ok := v.(map[string]any)
	switch {
	case !ok && path == "":
		c.fault().Add("body", "The body must be an object such as {}")
		return
	case !ok:
		c.fault().Type(path, "an object")
		return
	}
	for _, name := range s.Required {
		if m[name] == nil {
			c.fault().Required(join(path, name))
		}
	}
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		known, ok := s.Properties[name]
		switch {
		case !ok:
			unknown = append(unknown, name)
		case m[name] != nil || !slices.Contains(s.Required, name): // else reported as required
			c.value(known, m[name], join(path, name))
		}
	}
	if rest, ok := s.AdditionalProperties.(*Schema); ok {
		for _, name := range unknown {
			c.anything(map[string]any{name: nil}, path)
			c.value(rest, m[name], join(path, Clip(name)))
		}
		return
	}
	if s.AdditionalProperties != false {
		for _, name := range unknown {
			c.anything(map[string]any{name: m[name]}, path)
		}
		return
	}
	for _, name := range unknown {
		c.fault().Unknown(join(path, Clip(name)), "field", name, slices.Sorted(maps.Keys(s.Properties)))
	}
}

// anything checks a value that no schema describes.
func (c *checker) anything(v any, path string) {
	var p domain.Problems
	if !p.CheckTexts(path, v) {
		c.fault().Merge(p.Err())
	}
}

func (c *checker) array(s *Schema, v any, path string) {
	l, ok := v.([]any)
	if !ok {
		c.fault().Type(path, "a list")
		return
	}
	least, most := 0, math.MaxInt
	if s.MinItems != nil {
		least = *s.MinItems
	}
	if s.MaxItems != nil {
		most = *s.MaxItems
	}
	limit := domain.Limit{Min: least, Max: most}
	if len(l) < least || len(l) > most {
		limit.Count(c.fault(), path, len(l))
		if len(l) > most {
			return
		}
	}
	seen := map[any]bool{}
	for i, item := range l {
		at := join(path, strconv.Itoa(i))
		c.value(s.Items, item, at)
		if !s.UniqueItems {
			continue
		}
		switch item.(type) {
		case string, json.Number:
			if seen[item] {
				c.fault().Twice(at, fmt.Sprint(item))
			}
			seen[item] = true
		}
	}
}

func (c *checker) text(s *Schema, v any, path string) {
	text, ok := v.(string)
	if !ok {
		c.fault().Type(path, "text")
		return
	}
	if s.ContentEncoding == fileEncoding {
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			c.fault().Format(path, "a file in base64, or a file in a multipart form")
		}
		return
	}
	if !domain.ValidText(text) {
		c.fault().Characters(path, text)
		return
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, any(text)) {
		c.fault().NotOneOf(path, words(s.Enum))
		return
	}
	n := utf8.RuneCountInString(text)
	switch {
	case s.MinLength != nil && *s.MinLength > 0 && strings.TrimSpace(text) == "":
		c.fault().Required(path)
	case s.MinLength != nil && n < *s.MinLength:
		c.fault().Short(path, *s.MinLength, n)
	case s.MaxLength != nil && n > *s.MaxLength:
		c.fault().Long(path, *s.MaxLength, n)
	}
	if s.Pattern == domain.LinePattern && strings.TrimSpace(text) != "" {
		c.ok = c.p.OneLine(path, text) && c.ok
	}
	if want := wrongFormat(s.Format, text); want != "" {
		c.fault().Format(path, want)
	}
}

// wrongFormat returns what the text should have been, or nothing if it is that.
func wrongFormat(format, text string) string {
	var err error
	want := ""
	switch format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, text)
		want = "a time such as 2026-02-26T10:00:00Z"
	case "email":
		_, err = mail.ParseAddress(text)
		want = "an e-mail address such as ada@example.com"
	case "uri":
		_, err = url.ParseRequestURI(text)
		want = "a URL such as https://example.com/page"
	}
	if err != nil {
		return want
	}
	return ""
}

func (c *checker) number(s *Schema, v any, path string) {
	n, ok := v.(json.Number)
	if !ok {
		c.fault().Type(path, "a number")
		return
	}
	f, err := n.Float64() // infinite where it is out of range
	_, whole := domain.WholeNumber(n)
	switch {
	case s.Type == typeInteger && !whole:
		c.fault().Type(path, "a whole number")
	case s.Minimum != nil && f < *s.Minimum:
		c.fault().Small(path, *s.Minimum)
	case s.Maximum != nil && f > *s.Maximum:
		c.fault().Large(path, *s.Maximum)
	case s.Type == typeInteger:
		c.ok = c.p.Integer(path, n) && c.ok
	case err != nil:
		c.fault().Type(path, "a number that fits 64 bits")
	}
}

func words(enum []any) []string {
	out := make([]string, len(enum))
	for i, e := range enum {
		out[i] = fmt.Sprint(e)
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
