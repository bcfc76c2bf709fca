package guard_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// labelled reads the lines of a file of test sentences, in n fields.
func labelled(t *testing.T, name string, n int) (out [][]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		fields := strings.SplitN(line, "|", n)
		if len(fields) != n {
			t.Fatalf("%s: %q", name, line)
		}
		fields[n-1] = strings.ReplaceAll(fields[n-1], `\n`, "\n")
		out = append(out, fields)
	}
	return out
}

// TestLabelledSentences measures the guardrails on sentences that are labelled guilty or innocent, in eight
// languages: at least 95 % of the guilty are found by each guardrail, at most 0.5 % of the innocent block and
// at most 3 % have a warning.
func TestLabelledSentences(t *testing.T) {
	guilty, innocent := labelled(t, "guilty.txt", 3), labelled(t, "innocent.txt", 2)
	if len(guilty) < 200 || len(innocent) < 300 {
		t.Fatalf("%d guilty and %d innocent sentences are too few", len(guilty), len(innocent))
	}
	type tally struct{ all, found, blocked, warned, noted int }
	rows := map[string]*tally{}
	for _, g := range guard.Guardrails() {
		rows[g.Slug] = &tally{}
	}
	for _, s := range guilty {
		row := rows[s[1]]
		row.all++
		if len(only(guard.Check(guard.Input{Text: s[2], Language: s[0]}), s[1])) > 0 {
			row.found++
		} else {
			t.Logf("not found: %s, %s: %q", s[0], s[1], s[2])
		}
	}
	blocked, warned := 0, 0
	brief := []string{"acme.io", "Returns are free within 30 days, and the price holds for 12 months."}
	for _, s := range innocent {
		worst := domain.SeverityInfo
		for _, f := range guard.Check(guard.Input{Text: s[1], Language: s[0], Support: brief}) {
			row := rows[f.Guardrail]
			switch f.Severity {
			case domain.SeverityBlocking:
				row.blocked++
				worst = f.Severity
			case domain.SeverityWarning:
				row.warned++
				if worst == domain.SeverityInfo {
					worst = f.Severity
				}
			default:
				row.noted++
			}
			t.Logf("false %s by %s: %q %v", f.Severity, f.Guardrail, s[1], f.Matches)
		}
		switch worst {
		case domain.SeverityBlocking:
			blocked++
		case domain.SeverityWarning:
			warned++
		}
	}
	t.Logf(
		"%-20s %6s %6s %8s %14s %14s %12s",
		"guardrail",
		"guilty",
		"found",
		"recall",
		"false blocks",
		"false warnings",
		"false notes",
	)
	for _, g := range guard.Guardrails() {
		r := rows[g.Slug]
		recall := 100.0
		if r.all > 0 {
			recall = 100 * float64(r.found) / float64(r.all)
		}
		t.Logf("%-20s %6d %6d %7.1f%% %14d %14d %12d", g.Slug, r.all, r.found, recall, r.blocked, r.warned, r.noted)
		if recall < 95 {
			t.Errorf("%s finds %.1f%% of the guilty sentences, 95%% are the least", g.Slug, recall)
		}
	}
	n := float64(len(innocent))
	t.Logf(
		"of %d innocent sentences: %d blocked (%.2f%%), %d warned (%.2f%%)",
		len(innocent),
		blocked,
		100*float64(blocked)/n,
		warned,
		100*float64(warned)/n,
	)
	if float64(blocked) > 0.005*n || float64(warned) > 0.03*n {
		t.Errorf("too many innocent sentences are flagged: %d blocked, %d warned of %d", blocked, warned, len(innocent))
	}
}

// TestLabelledPosts checks whole posts: innocent ones have neither a warning nor a block, and the other has
// something from every guardrail that it was written for.
func TestLabelledPosts(t *testing.T) {
	files, err := filepath.Glob("testdata/posts/*.md")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		in := guard.Input{
			Text:    string(text),
			Type:    domain.ContentBlog,
			Support: []string{"support@acme.io", "https://api.example.com/v1"},
		}
		found := guard.Check(in)
		if !strings.Contains(name, "guilty") {
			for _, f := range found {
				if f.Severity != domain.SeverityInfo {
					t.Errorf("%s: %+v", name, f)
				}
			}
			continue
		}
		for _, slug := range []string{"stock-phrases", "regulated-claims", "unsupported-numbers", "repetition", "unsupported-quotes",
			"unsupported-links", "refusal-text"} {
			if len(only(found, slug)) == 0 {
				t.Errorf("%s: nothing from %s", name, slug)
			}
		}
	}
}
