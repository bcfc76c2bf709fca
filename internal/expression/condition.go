package expression

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// Test is a condition over facts, taken apart at its outermost "and", so that it can say
// which part decided. It does not change.
type Test struct{ parts []Part }

// Part is one part of a condition. All of them must hold.
type Part struct {
	Source string
	// Name, Operator and Value are set where the part compares a name with a text, a number,
	// true or false: scores.seo >= 80. Otherwise Operator is empty.
	Name     string
	Operator string // ==, !=, >=, <=, >, < or contains
	Value    any    // string, int, float64 or bool
	x        *Expression
}

// Judgement is what a condition says about facts.
type Judgement struct {
	Holds bool
	// Why is a phrase about the part that decided, or about all parts where the condition
	// holds, with the values that it read: "scores.seo is 61, not at least 80".
	Why string
	// Err is why the condition cannot be decided; it then does not hold, and Why says the same.
	Err error
}

// ParseTest reads a condition over facts, as [Condition] does. typed is a struct that has
// each fact with its type, and its name in the tag expr, so that a comparison of different
// types is a fault.
func ParseTest(source string, facts map[string][]string, typed any) (*Test, []error) {
	scope := Scope{Facts: facts}
	if _, faults := Condition(source, scope); len(faults) > 0 {
		return nil, faults
	}
	program, err := expr.Compile(source, append(language(), expr.Env(typed), expr.AsBool())...)
	if err != nil {
		return nil, []error{fmt.Errorf("is not an expression: %w", readable(err))}
	}
	t := &Test{}
	for _, n := range joined(program.Node(), allOf) {
		p := Part{Source: n.String()}
		var faults []error
		if p.x, faults = compile(p.Source, scope); len(faults) > 0 {
			return nil, faults
		}
		p.compare(n)
		t.parts = append(t.parts, p)
	}
	return t, nil
}

// compare notes what a part compares with one value, where it is that simple.
func (p *Part) compare(n ast.Node) {
	c, ok := comparison(n)
	if _, one := phrases[c.Operator]; ok && one {
		p.Name, p.Operator, p.Value = strings.Join(c.Path, "."), c.Operator, c.Values[0]
	}
}

// phrases say in English what a comparison asks for.
var phrases = map[string]string{
	"==": "", "!=": "something other than ", ">=": "at least ", "<=": "at most ", ">": "more than ", "<": "less than ",
	"contains": "a text that contains ",
}

// Parts returns the parts of the condition, from left to right.
func (t *Test) Parts() []Part { return slices.Clone(t.parts) }

// Uses reports whether the condition refers to a fact, or to one below it.
func (t *Test) Uses(fact string) bool {
	return slices.ContainsFunc(t.parts, func(p Part) bool {
		return slices.ContainsFunc(p.x.names, func(n string) bool { return n == fact || strings.HasPrefix(n, fact+".") })
	})
}

// NewFacts decodes an object whose members are the facts that a [Test] reads.
func NewFacts(object json.RawMessage) (*Values, error) {
	value, err := decode(object)
	if err != nil {
		return nil, err
	}
	names, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("the facts are not an object")
	}
	return &Values{names}, nil
}

// Judge says whether the condition holds, and why. All parts share one budget.
func (t *Test) Judge(v *Values) Judgement {
	left := budget(maxSteps)
	var why []string
	for _, p := range t.parts {
		holds, err := p.x.holds(v, &left)
		if err != nil {
			why, err := p.undecided(v, err)
			return Judgement{Why: why, Err: err}
		}
		if !holds {
			return Judgement{Why: p.refused(v)}
		}
		if read := p.read(v); read != "" && !slices.Contains(why, read) {
			why = append(why, read)
		}
	}
	return Judgement{Holds: true, Why: strings.Join(why, "; ")}
}

// refused says which part does not hold, and what it read.
func (p Part) refused(v *Values) string {
	if p.Operator == "" {
		return strings.TrimSuffix(fmt.Sprintf("“%s” is false: %s", short(p.Source), p.read(v)), ": ")
	}
	return fmt.Sprintf("%s, not %s%s", p.read(v), phrases[p.Operator], written(p.Value))
}

// undecided says why a part cannot be decided: a value of it that is not known, or what the
// language says.
func (p Part) undecided(v *Values, cause error) (string, error) {
	for _, name := range p.x.names {
		if value, _ := v.at(name); value == nil {
			cause = fmt.Errorf("%s is not known", name)
			break
		}
	}
	first, _, _ := strings.Cut(cause.Error(), "\n")
	return fmt.Sprintf("“%s” cannot be decided: %s", short(p.Source), first), cause
}

// read says what the names of a part stand for: "scores.seo is 61".
func (p Part) read(v *Values) string {
	var list []string
	for _, name := range p.x.names {
		value, ok := v.at(name)
		switch {
		case value == nil:
			list = append(list, name+" is not known")
		case ok:
			list = append(list, name+" is "+written(value))
		}
	}
	return strings.Join(list, ", ")
}

// at returns the value of a name with dots; false where it is an object or a list, or there
// is none.
func (v *Values) at(name string) (value any, plain bool) {
	value = v.names
	for _, part := range strings.Split(name, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		value = object[part]
	}
	switch value.(type) {
	case string, bool, int, float64:
		return value, true
	}
	return value, false
}

// written writes a value for a message.
func written(value any) string {
	switch value := value.(type) {
	case string:
		if value == "" {
			return "empty"
		}
		return `"` + short(value) + `"`
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}
