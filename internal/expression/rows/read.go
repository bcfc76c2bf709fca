package rows

import (
	"math"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/expression"
)

// Read returns the rows that an expression is made of; none for an empty one. ok is false
// where rows cannot say exactly the same. It does not matter how the expression is spelled: with
// && or and, with brackets, or with single quotes.
func (fs Fields) Read(source string) (c Condition, ok bool) {
	if strings.TrimSpace(source) == "" {
		return c, true
	}
	list, either, ok := expression.Comparisons(source)
	if !ok || len(list) > Most {
		return Condition{}, false
	}
	c.Any = either
	for _, x := range list {
		r, ok := fs.read(x)
		if !ok {
			return Condition{}, false
		}
		c.Rows = append(c.Rows, r)
	}
	var p domain.Problems
	again, _, ok := expression.Comparisons(fs.Write(&p, "", c))
	if !ok || p.Err() != nil || !slices.EqualFunc(list, again, same) {
		return Condition{}, false
	}
	return c, true
}

// read returns the row of a comparison, if there is one.
func (fs Fields) read(x expression.Comparison) (r Row, ok bool) {
	names := x.Path
	if fs.Root != "" {
		if names[0] != fs.Root {
			return r, false
		}
		names = names[1:]
	}
	f, ok := fs.Named(strings.Join(names, "."))
	if !ok || len(names) == 0 {
		return r, false
	}
	r = Row{Field: fs.Entered(f.Name), Comparison: comparisonOf(x.Operator)}
	kind := f.Kind
	if x.Operator == "contains" {
		kind = Text // of the value
	}
	var values []string
	for _, v := range x.Values {
		values = append(values, shown(v, kind, r.Comparison, r.Comparison == OneOf))
	}
	r.Value = strings.Join(values, ", ")
	return r, true
}

func comparisonOf(operator string) Comparison {
	if operator == expression.OperatorHas {
		return Contains
	}
	for _, c := range comparisons {
		if c.operator == operator {
			return c.Comparison
		}
	}
	return ""
}

// same reports whether two comparisons always give the same result.
func same(a, b expression.Comparison) bool {
	return a.Operator == b.Operator && slices.Equal(a.Path, b.Path) && slices.EqualFunc(a.Values, b.Values, equal)
}

// equal reports whether two values are the same text, or the same number: 1e3 is 1000.
func equal(a, b any) bool {
	if a == b {
		return true
	}
	x, ok := a.(float64)
	n, whole := b.(int)
	return ok && whole && math.Abs(x) < exact && x == float64(n)
}
