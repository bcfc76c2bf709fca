package expression

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Comparison is a name compared with values that are written out.
type Comparison struct {
	Path     []string // from the root: event, deal, size
	Operator string   // ==, !=, >=, <=, >, <, contains or in; [OperatorHas] where the name is that of a list
	Values   []any    // each a string, int, float64 or bool; one, or for "in" any number
	optional bool     // the path has a ?, so that what is undefined is no fault
}

// OperatorHas stands for a value that is in a list: "vip" in event.tags.
const OperatorHas = "has"

// Comparisons takes an expression apart that is nothing but comparisons, all joined by
// "and" or all by "or"; either tells that it is "or". ok is false for any other expression.
// It does not say whether the names exist.
func Comparisons(source string) (list []Comparison, either, ok bool) {
	if len(source) > MaxSource {
		return nil, false, false
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, false, false
	}
	either = joins(tree.Node, anyOf)
	join := allOf
	if either {
		join = anyOf
	}
	for _, n := range joined(tree.Node, join) {
		c, ok := comparison(n)
		if !ok || c.optional {
			return nil, false, false
		}
		list = append(list, c)
	}
	return list, either, true
}

// The operators that join conditions.
var (
	allOf = []string{"and", "&&"}
	anyOf = []string{"or", "||"}
)

func joins(n ast.Node, by []string) bool {
	b, ok := n.(*ast.BinaryNode)
	return ok && slices.Contains(by, b.Operator)
}

// joined returns the parts of a condition between the operators, from left to right.
func joined(n ast.Node, by []string) []ast.Node {
	if !joins(n, by) {
		return []ast.Node{n}
	}
	b := n.(*ast.BinaryNode) //nolint:forcetypeassert // joins has seen it
	return append(joined(b.Left, by), joined(b.Right, by)...)
}

// comparison reads a node that compares a name with what is written out.
func comparison(n ast.Node) (c Comparison, ok bool) {
	b, ok := n.(*ast.BinaryNode)
	if !ok {
		return c, false
	}
	c.Operator = b.Operator
	if _, one := phrases[b.Operator]; one {
		c.Values, ok = literals(b.Right)
	} else if b.Operator == "in" {
		if c.Values, ok = literals(b.Left); ok {
			c.Operator = OperatorHas
			c.Path, c.optional, ok = wholePath(b.Right)
			return c, ok
		}
		list, array := b.Right.(*ast.ArrayNode)
		if !array {
			return c, false
		}
		c.Values, ok = literals(list.Nodes...)
	} else {
		return c, false
	}
	if ok {
		c.Path, c.optional, ok = wholePath(b.Left)
	}
	return c, ok
}

// wholePath returns the names from the root to the last one; ok is false for anything but a
// chain of members with constant names.
func wholePath(n ast.Node) (names []string, optional, ok bool) {
	switch n := n.(type) {
	case *ast.ChainNode:
		names, _, ok = wholePath(n.Node)
		return names, true, ok
	case *ast.IdentifierNode:
		return []string{n.Value}, false, true
	case *ast.MemberNode:
		name, constant := n.Property.(*ast.StringNode)
		names, optional, ok = wholePath(n.Node)
		if !constant || !ok {
			return nil, false, false
		}
		return append(names, name.Value), optional || n.Optional, true
	}
	return nil, false, false
}

// literals returns the values that nodes write out.
func literals(nodes ...ast.Node) (values []any, ok bool) {
	for _, n := range nodes {
		value, ok := literal(n)
		if !ok {
			return nil, false
		}
		values = append(values, value)
	}
	return values, true
}

func literal(n ast.Node) (any, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode:
		return n.Value, true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.UnaryNode:
		value, _ := literal(n.Node)
		switch value := value.(type) {
		case int:
			return -value, n.Operator == "-"
		case float64:
			return -value, n.Operator == "-"
		}
	}
	return nil, false
}
