package expression

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// The names by which the meter stands in a compiled expression. Nobody may write them.
const (
	touchName  = "__touch"
	budgetName = "__budget"
)

// maxSteps is what one evaluation may spend: values looked at, and turns of a loop.
const maxSteps = 20_000

// perStep is how many bytes of a text cost one step.
const perStep = 64

// budget is how many steps an evaluation has left.
type budget int

var errSteps = errors.New("the expression takes too many steps")

// spend takes what looking at a value costs: a step for each part of it, and one for
// each 64 bytes of text.
func (b *budget) spend(value any) error {
	switch v := value.(type) {
	case string:
		return b.take(1 + len(v)/perStep)
	case []any:
		for _, e := range v {
			if err := b.spend(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, e := range v {
			if err := b.take(len(name) / perStep); err != nil {
				return err
			}
			if err := b.spend(e); err != nil {
				return err
			}
		}
	case nil, bool, int, float64:
	default: // lists that the language builds: of numbers or texts
		if r := reflect.ValueOf(value); r.Kind() == reflect.Slice {
			for i := range r.Len() {
				if err := b.spend(r.Index(i).Interface()); err != nil {
					return err
				}
			}
		}
	}
	return b.take(1)
}

func (b *budget) take(n int) error {
	if *b -= budget(n); *b < 0 {
		return errSteps
	}
	return nil
}

// meter wraps what an evaluation looks at or builds in a function that pays for it. It
// is the last visitor of the syntax tree.
type meter struct {
	refs    map[ast.Node][]string // whole references
	partial map[ast.Node]bool     // parts of what is paid for as a whole
}

// Visit implements [ast.Visitor].
func (m meter) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if m.refs[n] == nil {
			return // a function, or part of a longer reference
		}
	case *ast.MemberNode:
		if m.partial[n] {
			return // the whole chain is paid for
		}
	case *ast.PointerNode:
		if m.partial[n] {
			return
		}
	case *ast.BinaryNode:
		if n.Operator != "+" && n.Operator != ".." {
			return
		}
	case *ast.PredicateNode:
		touched := n.Node
		pay(&touched)
		n.Node = touched
		return
	case *ast.ChainNode, *ast.BuiltinNode, *ast.CallNode:
	default:
		return
	}
	if call, ok := (*node).(*ast.CallNode); ok {
		if name, ok := call.Callee.(*ast.IdentifierNode); ok && name.Value == touchName {
			return
		}
	}
	pay(node)
}

func pay(node *ast.Node) {
	ast.Patch(node, &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: touchName},
		Arguments: []ast.Node{&ast.IdentifierNode{Value: budgetName}, *node},
	})
}

// touch pays for a value and returns it.
func touch(params ...any) (any, error) {
	b, ok := params[0].(*budget)
	if !ok {
		return nil, errSteps
	}
	return params[1], b.spend(params[1])
}

// maxText is the longest text that a function builds, in bytes.
const maxText = 4 * MaxResult

var errText = fmt.Errorf("the expression builds a text of more than %d bytes", maxText)

// join joins texts. Unlike the language's own it knows how long the result becomes.
func join(params ...any) (any, error) {
	glue, _ := params[1].(string)
	list := reflect.ValueOf(params[0])
	if list.Kind() != reflect.Slice {
		return nil, errors.New("join takes a list of texts")
	}
	parts, size := make([]string, list.Len()), 0
	for i := range parts {
		s, ok := list.Index(i).Interface().(string)
		if !ok {
			return nil, fmt.Errorf("join takes a list of texts, and one of the items is %s", kind(list.Index(i).Interface()))
		}
		if size += len(s) + len(glue); size > maxText {
			return nil, errText
		}
		parts[i] = s
	}
	return strings.Join(parts, glue), nil
}

// replace replaces each occurrence in a text. Unlike the language's own it knows how long
// the result becomes.
func replace(params ...any) (any, error) {
	s, ok1 := params[0].(string)
	from, ok2 := params[1].(string)
	to, ok3 := params[2].(string)
	if !ok1 || !ok2 || !ok3 {
		return nil, errors.New("replace takes three texts")
	}
	if len(s)+strings.Count(s, from)*len(to) > maxText {
		return nil, errText
	}
	return strings.ReplaceAll(s, from, to), nil
}
