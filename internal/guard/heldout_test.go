package guard_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// setting is one thing that is known about a held-out sentence.
var setting = regexp.MustCompile(`\[(\w+)=([^\]]*)\]`)

// heldOut reads a file of the held-out set: what stands before the last two fields, and the input.
func heldOut(t *testing.T, name string, labels int) (slugs []string, ins []guard.Input) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/heldout", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		fields := strings.SplitN(line, "|", labels+2)
		if len(fields) != labels+2 {
			t.Fatalf("%s: %q", name, line)
		}
		text := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\|`, "|").Replace(fields[labels+1])
		in := guard.Input{Text: text, Language: fields[0], Support: []string{"acme.io"}}
		for _, s := range setting.FindAllStringSubmatch(fields[labels], -1) {
			set(t, &in, s[1], s[2])
		}
		slugs = append(slugs, strings.Join(fields[1:labels], ""))
		ins = append(ins, in)
	}
	return slugs, ins
}

func set(t *testing.T, in *guard.Input, key, value string) {
	switch key {
	case "support":
		in.Support = append(in.Support, value)
	case "channel":
		in.Type, in.Channel = domain.ContentSocial, value
	case "max":
		in.MaxWords, _ = strconv.Atoi(value)
	case "instructions":
		in.Instructions = value
	case "banned":
		in.BrandVoice = &domain.BrandVoice{BannedTerms: strings.Split(value, ", ")}
	case "prefer":
		use, old, _ := strings.Cut(value, " < ")
		in.BrandVoice = &domain.BrandVoice{PreferredTerms: []domain.PreferredTerm{{Use: use, InsteadOf: old}}}
	default:
		t.Fatalf("no setting %q", key)
	}
}

// TestHeldOutSentences measures the guardrails on sentences on which they were not tuned. docs/eval.md has the
// figures of the first run. The bounds are those of the labelled set.
func TestHeldOutSentences(t *testing.T) {
	var slugs []string
	var guilty, innocent []guard.Input
	for _, set := range []string{"", "2", "3", "4", "5", "6", "7", "8"} {
		more, others := heldOut(t, "guilty"+set+".txt", 2)
		slugs, guilty = append(slugs, more...), append(guilty, others...)
		_, others = heldOut(t, "innocent"+set+".txt", 1)
		innocent = append(innocent, others...)
	}
	all, found := map[string]int{}, map[string]int{}
	total := 0
	for i, in := range guilty {
		all[slugs[i]]++
		if len(only(guard.Check(in), slugs[i])) > 0 {
			found[slugs[i]]++
			total++
		} else {
			t.Logf("not found: %s, %s: %q", in.Language, slugs[i], in.Text)
		}
	}
	blocks, warnings := map[string]int{}, map[string]int{}
	blocked, warned := 0, 0
	for _, in := range innocent {
		block, warning := false, false
		for _, f := range guard.Check(in) {
			switch f.Severity {
			case domain.SeverityBlocking:
				blocks[f.Guardrail]++
				block = true
			case domain.SeverityWarning:
				warnings[f.Guardrail]++
				warning = true
			default:
				continue
			}
			t.Logf("false %s by %s: %q %v", f.Severity, f.Guardrail, in.Text, f.Matches)
		}
		if block {
			blocked++
		} else if warning {
			warned++
		}
	}
	for _, g := range guard.Guardrails() {
		s := g.Slug
		t.Logf("%-20s %3d of %3d found, false: %d blocking, %d warnings", s, found[s], all[s], blocks[s], warnings[s])
		if all[s] == 0 || float64(found[s]) < 0.95*float64(all[s]) {
			t.Errorf("%s finds %d of %d, fewer than 95 %%", s, found[s], all[s])
		}
	}
	n := float64(len(innocent))
	t.Logf("recall %.1f%% of %d; of %d innocent sentences %d blocked (%.1f%%), %d warned (%.1f%%)",
		100*float64(total)/float64(len(guilty)), len(guilty), len(innocent),
		blocked, 100*float64(blocked)/n, warned, 100*float64(warned)/n)
	if float64(blocked) > 0.005*n || float64(warned) > 0.03*n {
		t.Errorf("too many innocent sentences are flagged: %d blocked, %d warned", blocked, warned)
	}
}

// TestHeldOutPosts checks whole posts, each with its brief before the rule: none has a warning or a block.
func TestHeldOutPosts(t *testing.T) {
	files, err := filepath.Glob("testdata/heldout/*.md")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		brief, text, _ := strings.Cut(string(data), "\n---\n")
		language := strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(name, ".md")), ".")
		in := guard.Input{Text: text, Type: domain.ContentBlog, Language: language, Support: []string{brief}}
		for _, f := range guard.Check(in) {
			if f.Severity != domain.SeverityInfo {
				t.Errorf("%s: %s, %s: %s %v", name, f.Severity, f.Guardrail, f.Message, f.Matches)
			}
		}
	}
}
