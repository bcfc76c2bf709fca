package vellocity

import (
	"go/ast"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// parsers are the packages that read texts, at a cost that grows with the text.
var parsers = []string{"prose", "markdown", "guard", "seo", "compose", "template", "expression", "rule"}

// cheap are their functions that look at a short text once, or parse none.
var cheap = []string{
	"prose.Clip", "prose.Line", "prose.Capital", "prose.English", "guard.Identified", "template.Name",
	"rule.Same",
}

// TestNoTextIsParsedInATransaction: a transaction holds the database's writer, so a long text that is parsed
// in it stops every other write of every workspace. What takes time is prepared before. The test follows
// calls within a package, and the names that packages export to the ones above them.
func TestNoTextIsParsedInATransaction(t *testing.T) {
	byFolder := map[string][]source{}
	for _, s := range sources(t) {
		if !s.test && s.room != "" && !forTests(s.room) {
			byFolder[path.Dir(s.path)] = append(byFolder[path.Dir(s.path)], s)
		}
	}
	slow := map[string]bool{} // "item.Describe"
	for before := -1; before != len(slow); {
		before = len(slow)
		for folder, files := range byFolder {
			maps.Copy(slow, slowIn(path.Base(folder), files, slow))
		}
	}
	if !slow["item.Describe"] || !slow["content.prepared"] {
		t.Fatalf("the test sees nothing: %v", slices.Sorted(maps.Keys(slow)))
	}
	for folder, files := range byFolder {
		for _, s := range files {
			ast.Inspect(s.file, func(n ast.Node) bool {
				kind, body := function(n)
				if body == nil || !takesTx(kind) {
					return true
				}
				for name, at := range calls(path.Base(folder), body) {
					if isParser(name) || slow[name] {
						t.Errorf("%s: %s parses a text within a transaction; prepare it before", s.at(at), name)
					}
				}
				return true
			})
		}
	}
}

// slowIn returns the functions of a package that parse a text. A method counts as a function; one that takes a
// transaction is looked at by itself.
func slowIn(pkg string, files []source, slow map[string]bool) map[string]bool {
	found := map[string]bool{}
	for _, s := range files {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil || takesTx(f.Type) || slices.Contains(parsers, pkg) {
				continue
			}
			for name := range calls(pkg, f.Body) {
				if (isParser(name) || slow[name]) && f.Recv == nil {
					found[pkg+"."+f.Name.Name] = true
				}
			}
		}
	}
	return found
}

func isParser(name string) bool {
	pkg, _, _ := strings.Cut(name, ".")
	return slices.Contains(parsers, pkg) && !slices.Contains(cheap, name)
}

// function returns the type and the body of a function.
func function(n ast.Node) (*ast.FuncType, *ast.BlockStmt) {
	switch f := n.(type) {
	case *ast.FuncDecl:
		return f.Type, f.Body
	case *ast.FuncLit:
		return f.Type, f.Body
	}
	return nil, nil
}

// takesTx reports whether a function gets a *store.Tx or a *Tx.
func takesTx(f *ast.FuncType) bool {
	for _, p := range f.Params.List {
		star, ok := p.Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		switch x := star.X.(type) {
		case *ast.Ident:
			if x.Name == "Tx" {
				return true
			}
		case *ast.SelectorExpr:
			if x.Sel.Name == "Tx" {
				return true
			}
		}
	}
	return false
}

// calls returns the functions that a body calls, as "package.Name".
func calls(pkg string, body ast.Node) map[string]ast.Node {
	list := map[string]ast.Node{}
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := call.Fun.(type) {
		case *ast.Ident:
			list[pkg+"."+f.Name] = call
		case *ast.SelectorExpr:
			if x, ok := f.X.(*ast.Ident); ok {
				list[x.Name+"."+f.Sel.Name] = call
			}
			if f.Sel.Name == "RenderMarkdown" {
				list["markdown.Render"] = call
			}
		}
		return true
	})
	return list
}
