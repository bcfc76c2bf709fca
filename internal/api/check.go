package api

import (
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

	"github.com/danielgtaylor/huma/v2"

	"vellocity/internal/domain"
)

// check notes everything that is wrong with the value at path.
func check(s *huma.Schema, v any, path string, p *domain.Problems) {
	if v == nil {
		if !s.Nullable && s.Type != "" {
			p.Add(path, "The %s field must not be null", leaf(path))
		}
		return
	}
	switch s.Type {
	case huma.TypeObject:
		checkObject(s, v, path, p)
	case huma.TypeArray:
		checkArray(s, v, path, p)
	case huma.TypeString:
		checkString(s, v, path, p)
	case huma.TypeInteger, huma.TypeNumber:
		checkNumber(s, v, path, p)
	case huma.TypeBoolean:
		if _, ok := v.(bool); !ok {
			p.Add(path, "The %s field must be true or false", leaf(path))
		}
	}
}

func checkObject(s *huma.Schema, v any, path string, p *domain.Problems) {
	m, ok := v.(map[string]any)
	if !ok {
		p.Add(path, "The %s must be an object", nameOr(path, "body"))
		return
	}
	for _, name := range s.Required {
		if given, there := m[name]; !there || given == nil {
			p.Required(join(path, name))
		}
	}
	var strange []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		known, ok := s.Properties[name]
		switch {
		case !ok:
			strange = append(strange, name)
		case m[name] == nil && slices.Contains(s.Required, name):
			// told above
		default:
			check(known, m[name], join(path, name), p)
		}
	}
	if s.AdditionalProperties != false {
		return
	}
	for _, name := range strange {
		p.Add(join(path, clip(name)), "%s", unknown("field", name, slices.Sorted(maps.Keys(s.Properties))))
	}
}

func checkArray(s *huma.Schema, v any, path string, p *domain.Problems) {
	l, ok := v.([]any)
	if !ok {
		p.Add(path, "The %s field must be a list", leaf(path))
		return
	}
	if s.MinItems != nil && len(l) < *s.MinItems {
		p.Add(path, "The %s field must have at least %s", leaf(path), count(*s.MinItems, "item"))
	}
	if s.MaxItems != nil && len(l) > *s.MaxItems {
		p.Add(path, "The %s field must not have more than %s", leaf(path), count(*s.MaxItems, "item"))
		return
	}
	seen := map[any]bool{}
	for i, item := range l {
		at := join(path, strconv.Itoa(i))
		check(s.Items, item, at, p)
		if !s.UniqueItems {
			continue
		}
		switch item.(type) {
		case string, json.Number:
			if seen[item] {
				p.Add(at, "The %s field has %v twice", leaf(path), clip(fmt.Sprint(item)))
			}
			seen[item] = true
		}
	}
}

func checkString(s *huma.Schema, v any, path string, p *domain.Problems) {
	text, ok := v.(string)
	if !ok {
		p.Add(path, "The %s field must be text", leaf(path))
		return
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, any(text)) {
		p.Add(path, "The %s field must be one of %s", leaf(path), alternatives(s.Enum))
		return
	}
	n := utf8.RuneCountInString(text)
	if s.MinLength != nil && n < *s.MinLength {
		if n == 0 {
			p.Add(path, "The %s field must not be empty", leaf(path))
		} else {
			p.Add(path, "The %s field must have at least %s", leaf(path), count(*s.MinLength, "character"))
		}
	}
	if s.MaxLength != nil && n > *s.MaxLength {
		p.Add(path, "The %s field must not be longer than %s", leaf(path), count(*s.MaxLength, "character"))
	}
	if strings.ContainsRune(text, 0) {
		p.Add(path, "The %s field must not hold a NUL character", leaf(path))
	}
	if what := badFormat(s.Format, text); what != "" {
		p.Add(path, "The %s field must be %s", leaf(path), what)
	}
}

// badFormat returns what the text should have been, or nothing if it is that.
func badFormat(format, text string) string {
	var err error
	what := ""
	switch format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, text)
		what = "a time like 2026-02-26T10:00:00Z"
	case "email":
		_, err = mail.ParseAddress(text)
		what = "an e-mail address"
	case "uri":
		_, err = url.ParseRequestURI(text)
		what = "a URL"
	}
	if err != nil {
		return what
	}
	return ""
}

func checkNumber(s *huma.Schema, v any, path string, p *domain.Problems) {
	n, ok := v.(json.Number)
	if !ok {
		p.Add(path, "The %s field must be a number", leaf(path))
		return
	}
	if s.Type == huma.TypeInteger {
		if _, err := strconv.ParseInt(n.String(), 10, 64); err != nil {
			p.Add(path, "The %s field must be a whole number", leaf(path))
			return
		}
	}
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) {
		p.Add(path, "The %s field is too large", leaf(path))
		return
	}
	if s.Minimum != nil && f < *s.Minimum {
		p.Add(path, "The %s field must be at least %v", leaf(path), *s.Minimum)
	}
	if s.Maximum != nil && f > *s.Maximum {
		p.Add(path, "The %s field must not be greater than %s", leaf(path), strconv.FormatFloat(*s.Maximum, 'f', -1, 64))
	}
}

// unknown says that there is no such field or parameter, and which was probably
// meant.
func unknown(kind, name string, known []string) string {
	msg := fmt.Sprintf("There is no %s named %q", kind, clip(name))
	if near := nearest(name, known); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return msg
}

// nearest returns the known name within two edits, or nothing.
func nearest(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(name), k, least); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, or limit if it is not less.
func distance(a, b string, limit int) int {
	if abs(len(a)-len(b)) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

func abs(n int) int { return max(n, -n) }

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// leaf is the last name of a path, with its number where it is an item of a list.
func leaf(path string) string {
	i := strings.LastIndexByte(path, '.')
	if last := path[i+1:]; last == "" || last[0] < '0' || last[0] > '9' || i < 0 {
		return last
	}
	return path[strings.LastIndexByte(path[:i], '.')+1:]
}

func nameOr(path, other string) string {
	if path == "" {
		return other
	}
	return leaf(path) + " field"
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func alternatives(enum []any) string {
	var b strings.Builder
	for i, e := range enum {
		switch {
		case i == 0:
		case i == len(enum)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, e)
	}
	return b.String()
}
