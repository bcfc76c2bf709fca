package trigger

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/web/ui"
)

// condition is a row of the filter: a field of the event, what is asked of it, and a value.
type condition struct{ Field, Op, Value string }

// What a row asks of a field.
const (
	opIs       = "is"
	opIsNot    = "is_not"
	opAtLeast  = "at_least"
	opAtMost   = "at_most"
	opContains = "contains"
	opOneOf    = "one_of"
)

var operators = []ui.Choice{
	{Value: opIs, Label: "is"}, {Value: opIsNot, Label: "is not"}, {Value: opAtLeast, Label: "is at least"},
	{Value: opAtMost, Label: "is at most"}, {Value: opContains, Label: "contains"}, {Value: opOneOf, Label: "is one of"},
}

// comparisons are how rows compare a field with one value.
var comparisons = map[string]string{opIs: "==", opIsNot: "!=", opAtLeast: ">=", opAtMost: "<="}

// filter is a filter in rows.
type filter struct {
	Any  bool // one of the rows is enough
	Rows []condition
}

// kinds say of which kind the fields of an event are: "text", "number", "boolean" or "list".
// A field that is not in it may be anything.
type kinds map[string]string

// write writes the expression of the rows; "" where there are none. Rows without a field are
// left out.
func (f filter) write(known kinds) string {
	var parts []string
	for _, c := range f.Rows {
		if c.Field != "" {
			parts = append(parts, c.write(known[c.Field]))
		}
	}
	if f.Any {
		return strings.Join(parts, " or ")
	}
	return strings.Join(parts, " and ")
}

func (c condition) write(kind string) string {
	of := eventField(c.Field)
	switch c.Op {
	case opContains:
		if kind == "list" {
			return literal(c.Value, "") + " in " + of
		}
		return of + " contains " + literal(c.Value, "text")
	case opOneOf:
		var list []string
		for _, v := range splitValues(c.Value) {
			list = append(list, literal(v, kind))
		}
		return of + " in [" + strings.Join(list, ", ") + "]"
	}
	sign, ok := comparisons[c.Op]
	if !ok {
		sign = "=="
	}
	value := literal(c.Value, kind)
	if (value == "true" || value == "false") && (c.Op == opAtLeast || c.Op == opAtMost) {
		value = quoted(value) // these have no order
	}
	return of + " " + sign + " " + value
}

// wordName matches a name that can stand behind a dot.
var wordName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// eventField writes a path below the event: channel is event.channel, and deal.size
// event.deal.size.
func eventField(path string) string {
	of := "event"
	for name := range strings.SplitSeq(path, ".") {
		if wordName.MatchString(name) {
			of += "." + name
		} else {
			of += "[" + quoted(name) + "]"
		}
	}
	return of
}

// plainNumber matches a number as rows write it.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)

// literal writes a value: a number or true and false where the field may have one, else a
// text. A text that looks like one of them is typed in quotes.
func literal(value, kind string) string {
	bare := strings.TrimSpace(value)
	if kind != "text" && (plainNumber.MatchString(bare) || bare == "true" || bare == "false") {
		return bare
	}
	var text string
	if strings.HasPrefix(bare, `"`) && json.Unmarshal([]byte(bare), &text) == nil {
		return quoted(text)
	}
	return quoted(value)
}

// quoted writes a text as an expression has it.
func quoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(text) != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// splitValues cuts the values of "is one of" at commas outside of quotes.
func splitValues(text string) (list []string) {
	from, in := 0, false
	for i, r := range text {
		switch {
		case r == '"' && (i == 0 || text[i-1] != '\\'):
			in = !in
		case r == ',' && !in:
			list = append(list, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	list = append(list, strings.TrimSpace(text[from:]))
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// shown is a value as a row shows it, so that literal writes the same one.
func shown(written, kind string) string {
	var text string
	if json.Unmarshal([]byte(written), &text) != nil {
		return written // a number, true or false
	}
	if literal(text, kind) == quoted(text) && strings.TrimSpace(text) == text && text != "" {
		return text
	}
	return written
}

// The parts of an expression that rows can show.
var (
	fieldPart   = regexp.MustCompile(`^event((?:\.[A-Za-z_]\w*|\["[^"\\]*"\])+)`)
	namePart    = regexp.MustCompile(`\.([A-Za-z_]\w*)|\["([^"\\]*)"\]`)
	signPart    = regexp.MustCompile(`^\s*(==|!=|>=|<=|contains\b|in\b)\s*`)
	inPart      = regexp.MustCompile(`^\s+in\s+`)
	valuePart   = regexp.MustCompile(`^("(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?\b|true\b|false\b)`)
	joinPart    = regexp.MustCompile(`^\s*(&&|\|\||and\b|or\b)\s*`)
	commaPart   = regexp.MustCompile(`^\s*,\s*`)
	bracketPart = regexp.MustCompile(`^\[\s*`)
	closePart   = regexp.MustCompile(`^\s*\]`)
)

// rowsOf reads an expression into rows. ok is false where rows cannot say the same; then it
// stays a text.
func rowsOf(expression string, known kinds) (f filter, ok bool) {
	r := reader{rest: strings.TrimSpace(expression)}
	if r.rest == "" {
		return f, true
	}
	for i := 0; ; i++ {
		c, ok := r.condition(known)
		if !ok {
			return filter{}, false
		}
		f.Rows = append(f.Rows, c)
		if r.rest == "" {
			return f, len(f.Rows) <= mostConditions
		}
		join := r.take(joinPart)
		either := len(join) > 1 && (join[1] == "||" || join[1] == "or")
		if join == nil || i > 0 && either != f.Any {
			return filter{}, false
		}
		f.Any = either
	}
}

// reader reads an expression from its beginning.
type reader struct{ rest string }

// take takes what a pattern matches off the rest; nil where it does not match.
func (r *reader) take(pattern *regexp.Regexp) []string {
	m := pattern.FindStringSubmatch(r.rest)
	if m != nil {
		r.rest = r.rest[len(m[0]):]
	}
	return m
}

func (r *reader) condition(known kinds) (c condition, ok bool) {
	if value, ok := r.value(); ok { // "a" in event.list
		field, named := "", false
		if r.take(inPart) != nil {
			field, named = r.field()
		}
		return condition{field, opContains, shown(value, "")}, named && known[field] == "list"
	}
	if c.Field, ok = r.field(); !ok {
		return c, false
	}
	sign := r.take(signPart)
	if sign == nil {
		return c, false
	}
	kind := known[c.Field]
	if sign[1] == "in" {
		c.Op = opOneOf
		c.Value, ok = r.list(kind)
		return c, ok
	}
	value, ok := r.value()
	if !ok {
		return c, false
	}
	text := strings.HasPrefix(value, `"`)
	if c.Op = opContains; sign[1] == "contains" {
		c.Value = shown(value, "text")
		return c, kind != "list" && text
	}
	for op, s := range comparisons {
		if s == sign[1] {
			c.Op = op
		}
	}
	c.Value = shown(value, kind)
	return c, text || literal(c.Value, kind) == value
}

// value takes a number, true, false or a text off the rest. A text with further escapes than
// rows write is none.
func (r *reader) value() (string, bool) {
	m := r.take(valuePart)
	if m == nil || strings.HasPrefix(m[1], `"`) && (!json.Valid([]byte(m[1])) || furtherEscape.MatchString(m[1])) {
		return "", false
	}
	return m[1], true
}

// furtherEscape matches escapes that JSON and expressions may read differently.
var furtherEscape = regexp.MustCompile(`\\[u/]`)

func (r *reader) field() (path string, ok bool) {
	m := r.take(fieldPart)
	if m == nil {
		return "", false
	}
	var names []string
	for _, n := range namePart.FindAllStringSubmatch(m[1], -1) {
		name := n[1] + n[2]
		if name == "" || strings.Contains(name, ".") || strings.TrimSpace(name) != name {
			return "", false
		}
		names = append(names, name)
	}
	return strings.Join(names, "."), true
}

// list reads the values of "is one of".
func (r *reader) list(kind string) (text string, ok bool) {
	if r.take(bracketPart) == nil {
		return "", false
	}
	var values []string
	for {
		value, ok := r.value()
		if !ok || !strings.HasPrefix(value, `"`) && literal(value, kind) != value {
			return "", false
		}
		s := shown(value, kind)
		if strings.ContainsAny(s, `,"\`) {
			s = value
		}
		values = append(values, s)
		if r.take(closePart) != nil {
			return strings.Join(values, ", "), true
		}
		if r.take(commaPart) == nil {
			return "", false
		}
	}
}

// mostConditions is how many rows a form reads.
const mostConditions = 30

// rowName is the name of a field of a row: t-row-2-value.
func rowName(i int, part string) string { return "t-row-" + strconv.Itoa(i) + "-" + part }

// postedFilter reads the rows of a posted form; ok is false where it has none.
func postedFilter(form url.Values) (f filter, ok bool) {
	if !form.Has("t-joined") {
		return f, false
	}
	f.Any = form.Get("t-joined") == "any"
	for i := range mostConditions {
		c := condition{
			Field: strings.TrimPrefix(strings.TrimSpace(form.Get(rowName(i, "field"))), "event."),
			Op:    form.Get(rowName(i, "op")), Value: form.Get(rowName(i, "value")),
		}
		if c.Field != "" || strings.TrimSpace(c.Value) != "" {
			f.Rows = append(f.Rows, c)
		}
	}
	return f, true
}
