package domain

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Problems collects everything that is wrong with an input, so that a caller
// reads all of it at once. The zero value is ready to use. Each kind of fault
// has one wording, which every door shows.
type Problems struct {
	order  []string
	fields map[string][]string
}

// Add notes a fault of the field at path in words of its own. A fault that has a
// method below must use that method.
func (p *Problems) Add(path, format string, args ...any) {
	if p.fields == nil {
		p.fields = map[string][]string{}
	}
	if _, seen := p.fields[path]; !seen {
		p.order = append(p.order, path)
	}
	message := fmt.Sprintf(format, args...)
	if !slices.Contains(p.fields[path], message) { // two checks may find the same fault
		p.fields[path] = append(p.fields[path], message)
	}
}

// Merge notes the faults of a VALIDATION_ERROR that another check returned; it leaves
// any other error, and nil, alone.
func (p *Problems) Merge(err error) {
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeValidation {
		return
	}
	first := func(path string) bool { return slices.Contains(e.Fields[path], e.Message) }
	paths := slices.Sorted(maps.Keys(e.Fields))
	slices.SortStableFunc(paths, func(a, b string) int {
		switch { // the fault that the other error is named by stays the first
		case first(a) && !first(b):
			return -1
		case first(b) && !first(a):
			return 1
		}
		return 0
	})
	for _, path := range paths {
		for _, message := range e.Fields[path] {
			p.Add(path, "%s", message)
		}
	}
}

// field starts a message with the field's name: "The title field …".
func (p *Problems) field(path, format string, args ...any) {
	p.Add(path, "The %s field %s", Leaf(path), fmt.Sprintf(format, args...))
}

// Required notes that the field at path is missing or empty.
func (p *Problems) Required(path string) { p.field(path, "is required") }

// Null notes that the field at path is null and may not be.
func (p *Problems) Null(path string) { p.field(path, "must not be null") }

// Blank notes that the field at path has nothing but white space.
func (p *Problems) Blank(path string) { p.field(path, "must not be blank") }

// Type notes that the field at path has the wrong type. want is a phrase: "text",
// "a list", "a whole number", "true or false".
func (p *Problems) Type(path, want string) { p.field(path, "must be %s", want) }

// Short notes that a text has fewer characters than it must.
func (p *Problems) Short(path string, least, got int) {
	p.field(path, "must have at least %s; it has %d", Plural(least, "character"), got)
}

// Long notes that a text has more characters than it may.
func (p *Problems) Long(path string, most, got int) {
	p.field(path, "must have at most %s; it has %d", Plural(most, "character"), got)
}

// Few notes that a list has fewer items than it must.
func (p *Problems) Few(path string, least, got int) {
	p.field(path, "must have at least %s; it has %d", Plural(least, "item"), got)
}

// Many notes that a list has more items than it may.
func (p *Problems) Many(path string, most, got int) {
	p.field(path, "must have at most %s; it has %d", Plural(most, "item"), got)
}

// Small notes that a number is below its minimum.
func (p *Problems) Small(path string, least float64) {
	p.field(path, "must be at least %s", plainNumber(least))
}

// Large notes that a number is above its maximum.
func (p *Problems) Large(path string, most float64) {
	p.field(path, "must be at most %s", plainNumber(most))
}

// NotOneOf notes that a value is none of those allowed.
func (p *Problems) NotOneOf(path string, allowed []string) {
	p.field(path, "must be one of %s", Alternatives(allowed))
}

// Twice notes that a list holds the same value twice; path is the second one.
func (p *Problems) Twice(path, value string) { p.field(path, "repeats %q", clip(value)) }

// Format notes that a text does not have the form it needs. want is a phrase with
// an example: "a time such as 2026-02-26T10:00:00Z".
func (p *Problems) Format(path, want string) { p.field(path, "must be %s", want) }

// ClockLeniency is how far in the past an instant of a caller whose clock is late may be where
// a future one is asked for.
const ClockLeniency = time.Minute

// Future notes a fault unless an instant is after now, which is the server's own.
func (p *Problems) Future(path string, at, now time.Time) {
	if !at.After(now) {
		p.field(path, "must be in the future")
	}
}

// Conflict notes that a field cannot have its value together with another field.
func (p *Problems) Conflict(path string) { p.field(path, "conflicts with another field") }

// Missing notes that the field at path names something that does not exist in
// the workspace: "The brand_voice_id field names brand voice 7, which does not exist".
func (p *Problems) Missing(path, noun string, id int64) {
	p.field(path, "names %s %d, which does not exist", noun, id)
}

// Unknown notes a field or parameter (kind) that does not exist, and suggests the
// one that was probably meant.
func (p *Problems) Unknown(path, kind, name string, known []string) {
	p.Add(path, "%s", UnknownName(kind, name, known))
}

// UnknownName is the message for a name that does not exist.
func UnknownName(kind, name string, known []string) string {
	msg := fmt.Sprintf("There is no %s named %q", kind, clip(name))
	if near := Nearest(name, known); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return msg
}

// Enum is a type with a fixed set of values.
type Enum interface {
	~string
	// Values lists what is allowed, in the order in which people read it.
	Values() []string
}

// CheckEnum notes a fault unless v is empty or one of its type's values.
func CheckEnum[T Enum](p *Problems, path string, v T) {
	if v != "" && !slices.Contains(v.Values(), string(v)) {
		p.NotOneOf(path, v.Values())
	}
}

// Err returns nil when nothing was noted, else a VALIDATION_ERROR whose message
// is the first fault.
func (p *Problems) Err() error {
	if len(p.order) == 0 {
		return nil
	}
	return &Error{Code: CodeValidation, Message: p.fields[p.order[0]][0], Fields: p.fields}
}

// Leaf returns the last name of a field's path, with its number where it is an
// item of a list: "title" for settings.title, "scopes.2" for scopes.2.
func Leaf(path string) string {
	i := strings.LastIndexByte(path, '.')
	last := path[i+1:]
	if i < 0 || last == "" || last[0] < '0' || last[0] > '9' {
		return last
	}
	return path[strings.LastIndexByte(path[:i], '.')+1:]
}

// Plural writes a count with its noun: "1 item", "2 items".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Alternatives joins words: "a, b or c".
func Alternatives(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// plainNumber writes a number without an exponent.
func plainNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// clip keeps a caller's own text in a message to a length that can be read.
func clip(s string) string { return clipTo(s, 60) }

// clipTo keeps the first code points of s, at most n, and says with an ellipsis where
// there were more.
func clipTo(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// Nearest returns the known name within two edits of name, ignoring case; the
// empty string where there is none.
func Nearest(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k), least); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, or limit if it is not less.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
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
	return min(row[len(b)], limit)
}
