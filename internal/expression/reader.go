package expression

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"

	"vellocity/internal/domain"
)

// The names that every expression may use, with the names below them; nil: any.
var (
	workspaceNames = []string{"name", "slug", "timezone"}
	runNames       = []string{"started_at"}
	stepNames      = []string{"output", "items"}
)

// maxNodes is how many nodes the syntax tree of an expression may have.
const maxNodes = 500

// reader looks through an expression before it is compiled: which names it uses, and
// what it may not do. It is the first visitor of the syntax tree.
type reader struct {
	scope  Scope
	faults []error

	bases   map[ast.Node]bool     // what a member is taken of
	partial map[ast.Node]bool     // those, and what ends a chain of optional members
	callees map[ast.Node]bool     // names of functions
	guarded map[ast.Node]bool     // what stands before ??
	refs    map[ast.Node][]string // paths such as steps, post, output; of whole references alone
}

func newReader(s Scope) *reader {
	return &reader{
		scope: s, refs: map[ast.Node][]string{},
		bases: map[ast.Node]bool{}, partial: map[ast.Node]bool{}, callees: map[ast.Node]bool{},
		guarded: map[ast.Node]bool{},
	}
}

// options are the options of the language: what the reader and the meter need, and the
// functions that may be called.
func options(r *reader) []expr.Option {
	list := []expr.Option{
		expr.Env(r.scope.env()),
		expr.Patch(r),
		expr.Patch(checker{r}),
		expr.Patch(meter{r.refs, r.partial}),
		expr.Function(touchName, touch, new(func(*budget, any) any)),
	}
	return append(list, language()...)
}

// language are the options that say what the language has, whatever its names are.
func language() []expr.Option {
	list := []expr.Option{
		expr.DisableAllBuiltins(),
		expr.MaxNodes(maxNodes),
		expr.Optimize(false), // constants would be computed without a budget
		expr.Function("join", join, new(func(any, string) string)),
		expr.Function("replace", replace, new(func(string, string, string) string)),
	}
	for _, name := range functions {
		list = append(list, expr.EnableBuiltin(name))
	}
	return list
}

// env are the names that an expression may use.
func (s Scope) env() map[string]any {
	if s.Facts == nil {
		return map[string]any{
			"inputs": map[string]any{}, "steps": map[string]any{}, "event": map[string]any{},
			"workspace": map[string]any{}, "run": map[string]any{}, budgetName: new(budget),
		}
	}
	env := map[string]any{budgetName: new(budget)}
	for name := range s.Facts {
		env[name] = map[string]any{} // whatever it is: the meter makes it any value
	}
	return env
}

// functions are those of the language's own that look at their arguments alone and whose
// work grows with them at most as n log n.
var functions = []string{
	"all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "count", "sum",
	"sortBy", "reduce", "len", "abs", "ceil", "floor", "round", "int", "float", "string", "trim", "trimPrefix",
	"trimSuffix", "upper", "lower", "split", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "max", "min", "first",
	"last", "take", "keys", "values", "reverse", "concat", "sort",
}

// Visit implements [ast.Visitor]: it notes how the nodes belong together.
func (r *reader) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.MemberNode:
		r.bases[bare(n.Node)], r.partial[bare(n.Node)] = true, true
	case *ast.ChainNode:
		r.partial[n.Node] = true
	case *ast.CallNode:
		r.callees[n.Callee] = true
	case *ast.BinaryNode:
		if n.Operator == "??" {
			r.guard(&n.Left)
		}
	}
}

// guard makes what stands before ?? give nothing where one of its parts is undefined, and
// notes its nodes.
func (r *reader) guard(left *ast.Node) {
	walk(left, func(n *ast.Node) { r.guarded[*n] = true })
	top, ok := bare(*left).(*ast.MemberNode)
	if !ok {
		return
	}
	for m := top; m != nil; m, _ = bare(m.Node).(*ast.MemberNode) {
		m.Optional = true
	}
	if _, done := (*left).(*ast.ChainNode); !done {
		ast.Patch(left, &ast.ChainNode{Node: top})
		r.partial[top] = true
	}
}

// bare returns the node within a chain of optional members.
func bare(n ast.Node) ast.Node {
	if c, ok := n.(*ast.ChainNode); ok {
		return c.Node
	}
	return n
}

type visit func(*ast.Node)

func (v visit) Visit(n *ast.Node) { v(n) }

func walk(n *ast.Node, f func(*ast.Node)) { ast.Walk(n, visit(f)) }

// checker notes what an expression may not do, once the reader has been everywhere.
type checker struct{ *reader }

// Visit implements [ast.Visitor].
func (c checker) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		c.fault(errors.New("has more than one expression: let and ; are not allowed"))
	case *ast.CallNode:
		if _, ok := n.Callee.(*ast.IdentifierNode); !ok {
			c.fault(errors.New("calls a value as a function"))
		}
	case *ast.IdentifierNode:
		if strings.HasPrefix(n.Value, "__") || strings.HasPrefix(n.Value, "$") {
			c.fault(errors.New("is not an expression: " + domain.UnknownName("name", n.Value, nil)))
		} else if !c.bases[n] && !c.callees[n] {
			c.reference(n, []string{n.Value})
		}
	case *ast.MemberNode:
		if !c.bases[n] {
			c.reference(n, path(n))
		}
	}
}

func (r *reader) fault(err error) {
	if !slices.ContainsFunc(r.faults, func(e error) bool { return e.Error() == err.Error() }) {
		r.faults = append(r.faults, err)
	}
}

// path returns the names from the root of a chain of members to the last one that is a
// constant; nil where the root is no name.
func path(n ast.Node) (names []string) {
	switch n := bare(n).(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}
	case *ast.MemberNode:
		names = path(n.Node)
		depth := 0
		for m := ast.Node(n); ; depth++ {
			inner, ok := bare(m).(*ast.MemberNode)
			if !ok {
				break
			}
			m = inner.Node
		}
		name, constant := n.Property.(*ast.StringNode)
		if constant && len(names) == depth { // else a name before it is computed
			names = append(names, name.Value)
		}
	}
	return names
}

// reference checks the names of a whole reference.
func (r *reader) reference(n ast.Node, names []string) {
	if len(names) == 0 {
		return
	}
	r.refs[n] = names
	below := func(known []string) {
		if len(names) > 1 && known != nil && !slices.Contains(known, names[1]) {
			r.fault(errors.New("is not an expression: " +
				domain.UnknownName("name", names[0]+"."+names[1], prefixed(names[0], known))))
		}
	}
	if r.scope.Facts != nil {
		r.fact(names)
		return
	}
	switch names[0] {
	case "inputs":
		below(r.scope.Inputs)
	case "workspace":
		below(workspaceNames)
	case "run":
		below(runNames)
	case "steps":
		r.step(names)
	}
}

// fact checks a reference where the names are those of facts.
func (r *reader) fact(names []string) {
	known, ok := r.scope.Facts[names[0]]
	switch {
	case !ok:
		r.fault(errors.New("is not an expression: " +
			domain.UnknownName("name", names[0], slices.Sorted(maps.Keys(r.scope.Facts)))))
	case len(names) > 1 && known != nil && !slices.Contains(known, names[1]):
		r.fault(fmt.Errorf("is not an expression: There is no name %q; use %s",
			names[0]+"."+names[1], domain.Alternatives(prefixed(names[0], known))))
	}
}

func (r *reader) step(names []string) {
	switch {
	case len(names) == 1:
		r.fault(errors.New("must name the step that it refers to, such as steps.post.output"))
	case !slices.Contains(r.scope.Steps, names[1]):
		r.fault(unknownStep(names[1], r.scope.Steps))
	case len(names) == 2 || !slices.Contains(stepNames, names[2]):
		r.fault(fmt.Errorf("must say what it takes of the step: steps.%s.output or steps.%[1]s.items", names[1]))
	}
}

func prefixed(with string, names []string) (list []string) {
	for _, n := range names {
		list = append(list, with+"."+n)
	}
	return list
}

// steps returns the keys of the steps that are referred to, sorted: all of them, or those
// outside of what stands before ??.
func (r *reader) steps(all bool) []string {
	keys := map[string]bool{}
	for n, names := range r.refs {
		if names[0] == "steps" && len(names) > 1 && (all || !r.guarded[n]) {
			keys[names[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// unknownStep is the fault of a name below steps that no step has.
func unknownStep(name string, known []string) error {
	for _, k := range known {
		if strings.HasPrefix(k, name+"-") {
			return fmt.Errorf("names no step: a key with a hyphen is written steps[%q]", k)
		}
	}
	return errors.New("refers to a step that does not exist: " + domain.UnknownName("step", name, known))
}

// names returns what is referred to, with dots, sorted.
func (r *reader) names() []string {
	all := map[string]bool{}
	for _, names := range r.refs {
		all[strings.Join(names, ".")] = true
	}
	return slices.Sorted(maps.Keys(all))
}
