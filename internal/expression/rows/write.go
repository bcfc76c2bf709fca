package rows

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// Write returns the expression that rows stand for; "" where they say nothing. Blank rows are
// left out. It notes what is wrong with row n at path.n, and leaves that row out.
func (fs Fields) Write(p *domain.Problems, path string, c Condition) string {
	var parts []string
	for i, r := range c.Rows {
		if r.blank() {
			continue
		}
		if part, ok := fs.row(problem{p, path + "." + strconv.Itoa(i)}, r); ok {
			parts = append(parts, part)
		}
	}
	if c.Any {
		return strings.Join(parts, " or ")
	}
	return strings.Join(parts, " and ")
}

// row writes one row. ok is false where something is wrong with it, which p then says.
func (fs Fields) row(p problem, r Row) (part string, ok bool) {
	name := fs.nameOf(r.Field)
	f, known := fs.Named(name)
	_, operator := r.Comparison.words()
	switch {
	case name == "":
		p.say("Choose a field for the value")
		return "", false
	case !known:
		p.say("There is no field %q", r.Field)
		return "", false
	case operator == "":
		p.say("Choose how to compare %s", f.label())
		return "", false
	}
	values := []string{strings.TrimSpace(r.Value)}
	if r.Comparison == OneOf {
		values = split(r.Value)
	}
	if !fs.fits(p, f, r.Comparison, values) {
		return "", false
	}
	var list []string
	for _, v := range values {
		list = append(list, literal(v, f.Kind, r.Comparison))
	}
	of := fs.written(name)
	switch {
	case r.Comparison == Contains && f.Kind == List:
		return list[0] + " in " + of, true
	case r.Comparison == Contains:
		return of + " contains " + literal(values[0], Text, Contains), true
	case r.Comparison == OneOf:
		return of + " in [" + strings.Join(list, ", ") + "]", true
	}
	return of + " " + operator + " " + list[0], true
}

// fits reports whether a field can be compared like this.
func (fs Fields) fits(p problem, f Field, c Comparison, values []string) bool {
	switch {
	case len(values) == 0:
		p.say("Enter the values that %s may have, with commas between them", f.label())
	case fs.Open && values[0] == "" && (c.ordered() || f.Kind == Number || f.Kind == Switch || f.Kind == List):
		p.say("Enter a value to compare %s with", f.label())
	case fs.Open:
		return true
	case f.Kind == Number:
		return fitsNumber(p, f, c, values)
	case f.Kind == Switch:
		if (c == Is || c == IsNot) && isSwitch(values[0]) {
			return true
		}
		p.say("%s is true or false: choose is, and enter true or false", f.label())
	case f.Kind == Text:
		return fitsText(p, f, c, values)
	default:
		return true
	}
	return false
}

func fitsNumber(p problem, f Field, c Comparison, values []string) bool {
	if c == Contains {
		p.say("%s is a number: choose is, is at least or is at most", f.label())
		return false
	}
	for _, v := range values {
		switch {
		case f.FromZero && (!isNumber(v) || strings.HasPrefix(v, "-")):
			p.say("%s must be compared with a number from 0 up, such as 80", f.label())
			return false
		case !isNumber(v):
			p.say("%s must be compared with a number, such as 80", f.label())
			return false
		}
	}
	return true
}

func fitsText(p problem, f Field, c Comparison, values []string) bool {
	if c.ordered() {
		p.say("%s is a text: choose is, is not, contains or is one of", f.label())
		return false
	}
	other := func(v string) bool { return !slices.Contains(f.Values, text(v)) }
	if len(f.Values) > 0 && c != Contains && slices.ContainsFunc(values, other) {
		p.say("%s must be one of: %s", f.label(), strings.Join(f.Values, ", "))
		return false
	}
	return true
}

// wordName matches a name that can stand after a dot.
var wordName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// written is how an expression refers to a field: event.deal.size, or event["key-points"].
func (fs Fields) written(name string) string {
	of := fs.Root
	for part := range strings.SplitSeq(name, ".") {
		switch {
		case of == "":
			of = part
		case wordName.MatchString(part):
			of += "." + part
		default:
			of += "[" + quoted(part) + "]"
		}
	}
	return of
}
