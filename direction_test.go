package vellocity

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"testing"
)

// mostBackward is how many percent of the references between the files of a package may
// point against its main direction: a reader follows a package from file to file one way.
const mostBackward = 15

// fewReferences is how many references between files say nothing about a direction yet.
const fewReferences = 20

// TestFilesPointOneWay finds, for each package, the order of its files in which the
// fewest references point back.
func TestFilesPointOneWay(t *testing.T) {
	packages := map[string][]source{}
	for _, s := range sources(t) {
		if !s.test && s.room != "" {
			packages[path.Dir(s.path)] = append(packages[path.Dir(s.path)], s)
		}
	}
	worst, where := 0, ""
	for dir, files := range packages {
		refs, total := references(files)
		if total < fewReferences {
			continue
		}
		back := backward(refs)
		if share := 100 * back / total; share > mostBackward {
			t.Errorf("%s: %d of %d references between files point back, %d %% are the most", dir, back, total, mostBackward)
		} else if share > worst {
			worst, where = share, dir
		}
	}
	t.Logf("at most %d %% of the references point back (%s)", worst, where)
}

// references counts the uses of what another file of the package declares.
func references(files []source) (counts [][]int, total int) {
	var parsed []*ast.File
	counts = make([][]int, len(files))
	index := map[*token.File]int{}
	for i, s := range files {
		parsed = append(parsed, s.file)
		counts[i] = make([]int, len(files))
		index[s.set.File(s.file.Pos())] = i
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	// Other packages are not loaded: what is declared here is found all the same.
	conf := types.Config{Importer: noImports{}, Error: func(error) {}}
	_, _ = conf.Check("p", files[0].set, parsed, &info)
	for ident, object := range info.Uses {
		if object.Pkg() == nil || object.Pkg().Path() != "p" || !object.Pos().IsValid() {
			continue
		}
		fset := files[0].set
		from, to := index[fset.File(ident.Pos())], index[fset.File(object.Pos())]
		if from != to {
			counts[from][to]++
			total++
		}
	}
	return counts, total
}

type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not loaded") }

// backward returns how many references point back in the best order that is found: it
// starts from files that refer to many and are referred to by few, and moves each file
// to where it fits best until nothing improves.
func backward(refs [][]int) int {
	order := make([]int, len(refs))
	surplus := make([]int, len(refs))
	for i := range refs {
		order[i] = i
		for j := range refs {
			surplus[i] += refs[i][j] - refs[j][i]
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return surplus[b] - surplus[a] })
	best := against(refs, order)
	for improved := true; improved; {
		improved = false
		for from := range order {
			for to := range order {
				moved := slices.Delete(slices.Clone(order), from, from+1)
				moved = slices.Insert(moved, to, order[from])
				if n := against(refs, moved); n < best {
					best, order, improved = n, moved, true
				}
			}
		}
	}
	return best
}

// against counts the references from a file to one that stands before it.
func against(refs [][]int, order []int) (n int) {
	for i, file := range order {
		for _, before := range order[:i] {
			n += refs[file][before]
		}
	}
	return n
}
