package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	tableOf  = regexp.MustCompile(`(?is)create table (\w+) \((.*?)\n\);`)
	columnOf = regexp.MustCompile(`(?m)^\s+(\w+) (integer|bigint|text|boolean)\b`)
)

// schema reads the tables and their columns from a migration.
func schema(t *testing.T, file string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]string{}
	for _, m := range tableOf.FindAllStringSubmatch(string(text), -1) {
		for _, c := range columnOf.FindAllStringSubmatch(m[2], -1) {
			tables[m[1]] = append(tables[m[1]], c[1])
		}
	}
	return tables
}

func TestBothDialectsHaveTheSameTables(t *testing.T) {
	ours, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(ours) == 0 {
		t.Fatal(ours, err)
	}
	theirs, err := filepath.Glob("migrations/postgres/*.sql")
	if err != nil || len(ours) != len(theirs) {
		t.Fatalf("%v and %v, %v", ours, theirs, err)
	}
	for i := range ours {
		if filepath.Base(ours[i]) != filepath.Base(theirs[i]) {
			t.Errorf("%s stands beside %s", ours[i], theirs[i])
		}
		a, b := schema(t, ours[i]), schema(t, theirs[i])
		if len(a) == 0 && len(b) == 0 {
			continue
		}
		if !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
			t.Errorf("tables %v and %v", slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
		}
		for table := range a {
			if !slices.Equal(a[table], b[table]) {
				t.Errorf("%s has %v and %v", table, a[table], b[table])
			}
		}
	}
}

// tenants are the tables with rows of a workspace that callers ask for by an id.
var tenants = []string{"execution", "content", "publication", "voice", "agent", "api_key", "movement", "account", "message", "member", "idempotency", "tally", "provider"}

// inner names the functions whose statements may leave the workspace out, and why.
var inner = map[string]string{
	"ExecutionForWork": "the worker's job carries nothing but the id", "ExecutionHeads": "consumers of events look at all workspaces", "ClaimExecution": "the worker's", "ReturnExecution": "the worker's", "FenceExecution": "the worker's", "SaveExecutionPlan": "behind the fence",
	"SaveExecution": "behind the fence or the lock", "SaveExecutionNeeds": "behind the fence", "SaveExecutionWaitingItem": "behind the fence", "SetExecutionJob": "behind the fence or the lock",
	"ExecutionJob": "behind the lock", "ExecutionBrandVoice": "the worker's", "LockExecution": "it reads with the workspace first", "ExecutionWaitingItem": "the worker's",
	"WorkspacesWithPending": "the sweep of all workspaces", "CreditLedgerSum": "the audit of all workspaces", "OrphanedTexts": "the sweep of all workspaces",
	"TouchGeneratedText": "the writer's own message", "FinishGeneratedText": "the writer's own message", "GeneratedTextStatus": "behind Message", "foldCounts": "all workspaces",
	"DeleteExpiredAnswers": "all workspaces", "KeyByHash": "the key says which workspace it is", "SaveKeyUse": "", "DeleteOldUsage": "all workspaces",
}

// TestEveryStatementOnATenantsRowsNamesTheWorkspace reads the SQL out of the
// source: a statement on such a table has workspace_id in it, or its function is
// listed with a reason.
func TestEveryStatementOnATenantsRowsNamesTheWorkspace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	on := regexp.MustCompile(`(?i)\b(from|update|into|join)\s+(` + strings.Join(tenants, "|") + `)\b`)
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				for _, arg := range call.Args {
					sql := literal(arg)
					if !on.MatchString(sql) {
						continue
					}
					seen++
					named := strings.Contains(sql, "workspace_id") || strings.Contains(sql, "WHERE") // built by where
					if _, known := inner[f.Name.Name]; !named && !known {
						t.Errorf("%s: %s has a statement without the workspace: %s", file, f.Name.Name, strings.Join(strings.Fields(sql), " "))
					}
				}
				return true
			})
		}
	}
	if seen < 40 {
		t.Errorf("only %d statements were found", seen)
	}
}

// literal joins the string literals of an expression; a condition that is built
// from an [ExecutionFilter] or the like, which begins with the workspace, is WHERE.
func literal(e ast.Expr) string {
	var b strings.Builder
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				b.WriteString(text)
			}
		case *ast.Ident:
			if n.Name == "cond" || n.Name == "w" || n.Name == "publishedColumns" {
				b.WriteString(" WHERE ")
			}
		}
		return true
	})
	return b.String()
}
