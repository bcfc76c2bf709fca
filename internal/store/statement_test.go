package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/store/storetest"
)

// foreign are the tables with a workspace_id whose rows no caller asks for by an id.
var foreign = map[string]string{
	"session":      "found by the hash of its secret",
	"sign_in":      "found by the hash of its secret",
	"event":        "a log that consumers read for all workspaces",
	"tally_delta":  "folded for all workspaces",
	"usage_window": "deleted for all workspaces",
}

// tenants returns the tables with rows of a workspace that callers ask for by an id.
func tenants(t *testing.T) (names []string) {
	t.Helper()
	for column := range describe(t, storetest.SQLite(t), sqliteColumns) {
		table, name, _ := strings.Cut(column, ".")
		if name == "workspace_id" && foreign[table] == "" {
			names = append(names, table)
		}
	}
	return names
}

// inner names the functions and statements that may leave the workspace out, and why.
var inner = map[string]string{
	"execution":                "its callers say which; the worker's job carries only the id",
	"ExecutionHeads":           "consumers of events look at all workspaces",
	"ClaimExecution":           "the worker's",
	"ReturnExecution":          "the worker's",
	"FenceExecution":           "the worker's",
	"ExecutionBrandVoice":      "the worker's",
	"ExecutionWaitingItem":     "the worker's",
	"saveExecution":            "behind the fence or the lock",
	"saveExecutionPlan":        "behind the fence",
	"extendExecutionPlan":      "behind the fence, or new",
	"saveExecutionNeeds":       "behind the fence",
	"SaveExecutionWaitingItem": "behind the fence",
	"SetExecutionJob":          "behind the fence or the lock",
	"ExecutionJob":             "behind the lock",
	"LockExecution":            "it reads with the workspace first",
	"ChannelPublication":       "the job's, which carries only the id",
	"ClaimPublication":         "the job's",
	"EndClaim":                 "behind the claim",
	"ListingPush":              "the job's, which carries only the id",
	"ClaimImageGeneration":     "the job's, which carries only the id",
	"ReviewLinkByHash":         "found by the hash of its secret",
	"CreditLedgerSum":          "the audit of all workspaces",
	"OrphanedTexts":            "the sweep of all workspaces",
	"TouchGeneratedText":       "the writer's own text",
	"finishText":               "the writer's own text",
	"GeneratedTextStatus":      "after GeneratedText",
	"ExpireBuiltTexts":         "the sweep of all workspaces",
	"StoppedTexts":             "the writers' of all workspaces",
	"DeleteExpiredAnswers":     "all workspaces",
	"DueTriggers":              "the clock's, of all workspaces",
	"TriggerEvents":            "a consumer of events looks at all workspaces",
	"TriggersByID":             "of firings, whatever their workspaces",
	"OpenFirings":              "the firings of all workspaces",
	"DeleteOldFirings":         "the firings of all workspaces",
	"firing":                   "of a trigger that is locked",
	"saveFiring":               "of a trigger that is locked",
	"DeleteFiring":             "of a trigger that is locked",
	"OpenTriggered":            "of a trigger that is locked",
	"saveTrigger":              "behind the lock",
	"saveTriggerState":         "behind the lock",
	"DueCalendarEvents":        "the clock's, of all workspaces",
	"OverCampaigns":            "the clock's, of all workspaces",
	"FeedTokenByHash":          "found by the hash of its secret",
	"Email":                    "the job that sends it carries only the id",
	"WebhookEvents":            "a consumer of events looks at all workspaces",
	"WaitingWebhooks":          "the sender's, of all workspaces",
	"ClaimWebhook":             "the sender's, of all workspaces",
	"KeepWebhook":              "behind the claim",
	"ReleaseWebhook":           "behind the claim",
	"DueDeliveries":            "behind the claim",
	"DeleteDeliveries":         "the sweep of all workspaces",
}

// TestEveryStatementOnATenantsRowsNamesTheWorkspace reads the SQL out of the
// source: a statement on such a table has workspace_id in it, or its function is
// listed with a reason.
func TestEveryStatementOnATenantsRowsNamesTheWorkspace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	on := regexp.MustCompile(`(?i)\b(from|update|into|join)\s+(` + strings.Join(tenants(t), "|") + `)\b`)
	seen, used := 0, map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		statements(t, file, func(name, sql string) {
			if !on.MatchString(sql) {
				return
			}
			seen++
			if strings.Contains(sql, "workspace_id") || strings.Contains(sql, "WHERE") { // built by where
				return
			}
			used[name] = true
			if _, known := inner[name]; !known {
				t.Errorf("%s: %s has a statement without the workspace: %s", file, name, strings.Join(strings.Fields(sql), " "))
			}
		})
	}
	if seen < 40 {
		t.Errorf("only %d statements were found", seen)
	}
	for name := range inner {
		if !used[name] {
			t.Errorf("%s is excused and need not be", name)
		}
	}
}

// statements calls f with each statement of a file and the name of the function or
// variable that it stands in.
func statements(t *testing.T, file string, f func(name, sql string)) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				for _, arg := range call.Args {
					f(name, literal(arg))
				}
			}
			return true
		})
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			in(d.Name.Name, d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok {
					in(v.Names[0].Name, v)
				}
			}
		}
	}
}

// literal joins the string literals of an expression. A condition that is built by
// where, or passed in, is WHERE; inserts name the workspace among their columns.
func literal(e ast.Expr) string {
	var b strings.Builder
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				b.WriteString(strings.ReplaceAll(text, "({columns})", "(WHERE)"))
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
