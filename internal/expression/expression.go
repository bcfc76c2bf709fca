// Package expression evaluates the expressions of workflow templates: a value of a
// setting, such as "{{ inputs.topic }}", or the condition of a step.
//
// The language is that of github.com/expr-lang/expr, without statements, without a
// clock, and with functions that look at their arguments alone, so that the same
// values always give the same result. An evaluation has a budget of steps and of
// memory, and no expression can spend more, whatever its author meant.
//
// The package is pure: it reads no store and knows no capability.
package expression

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// MaxSource is the length of an expression, in bytes.
const MaxSource = 2_000

// maxMemory is how many elements the lists and objects that one evaluation builds may have.
const maxMemory = 100_000

// What encloses an expression in a text. A backslash before the first keeps both as text.
const (
	opening = "{{"
	closing = "}}"
	escaped = `\{{`
)

// Scope says which names an expression may use besides event, workspace and run.
type Scope struct {
	// Inputs are the names below inputs; nil allows any.
	Inputs []string
	// Steps are the keys below steps.
	Steps []string
	// Facts are the names that the expression may use instead of all others, each with the
	// names below it; nil there: none, or any. Nil: the names of templates.
	Facts map[string][]string
}

// Expression is a compiled expression. It does not change, so any number of
// goroutines may evaluate one at the same time.
type Expression struct {
	source   string
	program  *vm.Program
	uses     []string // the steps that it refers to, sorted
	names    []string // all that it refers to, with dots, sorted: scores.seo
	needs    []string // those of them whose value it cannot do without, sorted
	optional bool     // it says itself that it may give nothing: x ?? nil
	never    bool     // it is the constant false
}

// Compile reads an expression. What is wrong with it comes back as one error for each
// fault, each a sentence's end: "is not an expression: …".
func Compile(source string, scope Scope) (*Expression, []error) { return compile(source, scope) }

// Condition reads an expression whose result must be true or false. Braces around it
// are a fault that says so.
func Condition(source string, scope Scope) (*Expression, []error) {
	if strings.Contains(source, opening) {
		return nil, []error{errors.New("is an expression by itself: write it without {{ and }}")}
	}
	if x, faults := compile(source, scope, expr.AsBool()); len(faults) > 0 {
		return x, faults
	}
	return compile(source, scope) // the option would also read an undefined value as false
}

func compile(source string, scope Scope, further ...expr.Option) (*Expression, []error) {
	switch {
	case len(source) > MaxSource:
		return nil, []error{fmt.Errorf("has an expression of %d bytes; %d are the most", len(source), MaxSource)}
	case strings.TrimSpace(source) == "":
		return nil, []error{errors.New("has an empty expression")}
	}
	r := newReader(scope)
	program, err := expr.Compile(source, slices.Concat(options(r), further)...)
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	if err != nil {
		return nil, []error{fmt.Errorf("is not an expression: %w", readable(err))}
	}
	x := &Expression{source: source, program: program, uses: r.steps(true), needs: r.steps(false), names: r.names()}
	switch root := program.Node().(type) {
	case *ast.BoolNode:
		x.never = !root.Value
	case *ast.BinaryNode:
		_, none := root.Right.(*ast.NilNode)
		x.optional = root.Operator == "??" && none
	}
	return x, nil
}

// Uses returns the keys of the steps that the expression refers to, sorted.
func (x *Expression) Uses() []string { return x.uses }

// Needs returns the keys of the steps whose values the expression cannot do without:
// those that it uses outside of what stands before "??".
func (x *Expression) Needs() []string { return x.needs }

// Never reports whether the expression is the constant false.
func (x *Expression) Never() bool { return x.never }

// Value evaluates the expression. Whole numbers are int, others float64, lists []any,
// objects map[string]any. An undefined value is an error, unless the expression ends in
// "?? nil"; then the result is nil.
func (x *Expression) Value(v *Values) (any, error) {
	result, err := x.run(v)
	if err != nil {
		return nil, err
	}
	if result == nil {
		if x.optional {
			return nil, nil
		}
		return nil, fmt.Errorf("%s is undefined; give a value for that case, such as %s ?? \"\"", x.short(), x.short())
	}
	return finished(result)
}

// Holds evaluates a condition.
func (x *Expression) Holds(v *Values) (bool, error) {
	left := budget(maxSteps)
	return x.holds(v, &left)
}

func (x *Expression) holds(v *Values, left *budget) (bool, error) {
	result, err := x.spend(v, left)
	if err != nil {
		return false, err
	}
	holds, ok := result.(bool)
	if !ok {
		return false, fmt.Errorf("%s is %s, not true or false", x.short(), kind(result))
	}
	return holds, nil
}

func (x *Expression) run(v *Values) (any, error) {
	left := budget(maxSteps)
	return x.spend(v, &left)
}

// spend evaluates the expression with what is left of a budget.
func (x *Expression) spend(v *Values, left *budget) (any, error) {
	machine := vm.VM{MemoryBudget: maxMemory}
	result, err := machine.Run(x.program, v.env(left))
	if err != nil {
		return nil, readable(err)
	}
	return result, nil
}

// short is the source for a message.
func (x *Expression) short() string { return short(x.source) }

func short(text string) string {
	const most = 80
	s := []rune(strings.TrimSpace(text))
	if len(s) > most {
		return string(s[:most]) + "…"
	}
	return string(s)
}

// readable removes from an error what only the language's own authors understand.
func readable(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return err
	}
	message := at.Message
	if at.Prev != nil {
		message = at.Prev.Error()
	}
	return errors.New((&file.Error{
		Location: at.Location, Line: at.Line, Column: at.Column, Message: words.Replace(message), Snippet: at.Snippet,
	}).Error())
}

// words replaces what the language says by what its users know.
var words = strings.NewReplacer(
	"interface conversion: interface {} is ", "the value is ", "interface {}", "any value", "<nil>", "an undefined value",
	"memory budget exceeded", "the expression takes too much memory", "map[string]float64", "an object",
)
