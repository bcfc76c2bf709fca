package check_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"vellocity/internal/check"
	"vellocity/internal/domain"
)

const post = "---\ntitle: A post\nlang: en\nkeywords: [inbox, team]\ncustom: {a: 1}\n---\n# A post\r\n\r\n😀 " +
	"We find synergy, and\nleveraging it.\n"

func read(t *testing.T, name, source string) check.File {
	t.Helper()
	f, err := check.Read(name, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func checked(t *testing.T, name, source string) check.Checked {
	t.Helper()
	v := &domain.BrandVoice{BannedTerms: []string{"synergy", "leverage"}, Do: []string{"No exclamation marks"}}
	return check.CheckFile(read(t, name, source), "", nil, v)
}

func written(t *testing.T, format check.Format, files ...check.Checked) string {
	t.Helper()
	var b bytes.Buffer
	if err := check.Write(&b, format, files, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFrontMatterIsRead(t *testing.T) {
	f := read(t, "a.md", post)
	if f.Title != "A post" || f.Language != "en" || strings.Join(f.Keywords, "|") != "inbox|team" ||
		!strings.HasPrefix(f.Text, "# A post") {
		t.Errorf("%+v", f)
	}
	for source, text := range map[string]string{
		"":                                "",
		"No front matter\n\n---\n\nmore":  "No front matter\n\n---\n\nmore",
		"---\nnever: closed\n":            "---\nnever: closed\n",
		"+++\ntitle = \"x\"\n+++\nText":   "Text",
		"\ufeff---\r\na: 1\r\n---\r\nHi":  "Hi",
		"---\n---\n":                      "",
		"---\nkeywords: a, b\n---\n\nYes": "\nYes",
	} {
		if f := read(t, "a.md", source); f.Text != text {
			t.Errorf("%q: %q", source, f.Text)
		}
	}
	for source, want := range map[string]string{
		"a\xff":                          "not UTF-8",
		"a\x00b":                         "control characters",
		"---\na: [\n---\n":               "front matter is not valid",
		"---\nlang: english please\n---": "names the language",
		"---\nkeywords: 5\n---\n":        "must be a list",
		strings.Repeat("a", 200_001):     "200000 are the most",
	} {
		if _, err := check.Read("b.md", []byte(source)); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.HasPrefix(err.Error(), "b.md") {
			t.Errorf("%.20q: %v", source, err)
		}
	}
}

// Places are those of the file, in UTF-16, whatever stands before the text.
func TestText(t *testing.T) {
	got := written(t, check.FormatText, checked(t, "a.md", post))
	for _, want := range []string{
		"a.md:9:12: blocking: The brand voice bans “synergy”. Use other words. [banned-terms]\n",
		"a.md:10:1: warning: This looks like a form of “leverage”, which the brand voice bans. Use other words. [banned-terms]\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s:\n%s", want, got)
		}
	}
}

func TestGitHub(t *testing.T) {
	got := written(t, check.FormatGitHub, checked(t, "a,b:100%.md", "No synergy at all! It is 100% true,\n\nas they say."))
	for _, want := range []string{
		"::error file=a%2Cb%3A100%25.md,line=1,col=4,endColumn=11,title=banned-terms::The brand voice bans “synergy”. Use other words.\n",
		"::warning file=a%2Cb%3A100%25.md,line=1,col=18,endColumn=19,title=voice/exclamation-marks::The voice says",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s:\n%s", want, got)
		}
	}
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "::") {
			t.Errorf("a line that is no command: %q", line)
		}
	}
}

func TestSARIF(t *testing.T) {
	raw := written(t, check.FormatSARIF, checked(t, "docs/a b.md", post), checked(t, "/tmp/x.md", "Fine."))
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("testdata/sarif-required.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	schema, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("sarif.json").Validate(doc); err != nil {
		t.Error(err)
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
				PartialFingerprints map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(raw), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	prints := map[string]bool{}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %s has the place of another", r.RuleID)
		}
		if p := r.PartialFingerprints["vellocityFinding/v1"]; prints[p] {
			t.Errorf("two results have the fingerprint %s", p)
		} else if p != "" {
			prints[p] = true
		}
	}
	first := run.Results[0].Locations[0].PhysicalLocation
	if first.ArtifactLocation.URI != "docs/a%20b.md" {
		t.Errorf("%+v", first)
	}
}

func TestJSON(t *testing.T) {
	raw := written(t, check.FormatJSON, checked(t, "a.md", post), checked(t, "b.md", ""))
	var doc struct {
		Files []struct {
			File      string
			Language  string
			Adherence *int `json:"voice_adherence"`
			Issues    []check.Issue
		}
		Summary map[string]int
	}
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Files) != 2 || doc.Files[0].Language != "en" || doc.Files[0].Adherence == nil ||
		doc.Summary["blocking"] != 1 ||
		doc.Files[1].Issues == nil {
		t.Errorf("%s", raw)
	}
	if raw := written(t, check.FormatJSON); !strings.Contains(raw, `"files": []`) {
		t.Error(raw)
	}
}

func TestFailing(t *testing.T) {
	files := []check.Checked{checked(t, "a.md", post)}
	for level, want := range map[check.FailOn]bool{check.FailNever: false, check.FailBlocking: true, check.FailWarning: true} {
		if n := check.Failing(files, level); n > 0 != want {
			t.Errorf("%s: %d", level, n)
		}
	}
	if a, b := check.Failing(files, check.FailBlocking), check.Failing(files, check.FailWarning); a >= b {
		t.Errorf("%d blocking, %d with warnings", a, b)
	}
}

func TestReadVoice(t *testing.T) {
	attributes := `{"name":"Acme","banned_terms":["synergy"],"preferred_terms":[{"use":"a","instead_of":"b"}]}`
	for _, source := range []string{
		attributes,
		`{"type":"brand_voice","id":2,"attributes":{"later":1,` + attributes[1:] + `}`,
		`{"success":true,"data":{"type":"brand_voice","id":2,"attributes":` + attributes + `}}`,
	} {
		v, err := check.ReadVoice([]byte(source))
		if err != nil || v.Name != "Acme" || len(v.BannedTerms) != 1 || v.PreferredTerms[0].InsteadOf != "b" {
			t.Errorf("%s: %+v, %v", source, v, err)
		}
	}
	for source, want := range map[string]string{
		`{"baned_terms":["x"]}`: "baned_terms",
		`[]`:                    "not a JSON object",
		`{"name":5}`:            "cannot be read",
		``:                      "not a JSON object",
	} {
		if _, err := check.ReadVoice([]byte(source)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", source, err)
		}
	}
}
