package check

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Format is how a report is written.
type Format string

// The formats.
const (
	FormatText   Format = "text"   // a line for each issue, as compilers write them
	FormatJSON   Format = "json"   // one document
	FormatSARIF  Format = "sarif"  // SARIF 2.1.0, for code scanning
	FormatGitHub Format = "github" // workflow commands of GitHub Actions
)

// Values lists the formats.
func (Format) Values() []string {
	return []string{string(FormatText), string(FormatJSON), string(FormatSARIF), string(FormatGitHub)}
}

// FailOn is the least severity at which a check of files fails.
type FailOn string

// The levels.
const (
	FailBlocking FailOn = "blocking"
	FailWarning  FailOn = "warning"
	FailNever    FailOn = "never"
)

// Values lists the levels, strictest last.
func (FailOn) Values() []string {
	return []string{string(FailNever), string(FailBlocking), string(FailWarning)}
}

// Checked is a file with what was found in it.
type Checked struct {
	File   File
	Result Result
	Issues []Issue
}

// CheckFile checks a file.
func CheckFile(f File, language string, keywords []string, v *domain.BrandVoice) Checked {
	r := Text(f.Input(language, keywords, v))
	if r.Words == 0 { // a page of front matter alone is no fault in a repository
		return Checked{f, r, []Issue{}}
	}
	return Checked{f, r, Issues(f, r)}
}

// Failing returns how many issues are at or above the level.
func Failing(files []Checked, level FailOn) (n int) {
	for _, f := range files {
		for _, i := range f.Issues {
			if level != FailNever && (i.Severity == domain.SeverityBlocking ||
				level == FailWarning && i.Severity == domain.SeverityWarning) {
				n++
			}
		}
	}
	return n
}

// Write writes the report of files in a format; version is the program's.
func Write(w io.Writer, format Format, files []Checked, version string) error {
	switch format {
	case FormatJSON:
		return writeJSON(w, files)
	case FormatSARIF:
		return writeSARIF(w, files, version)
	case FormatGitHub:
		return writeLines(w, files, github)
	case FormatText:
	}
	return writeLines(w, files, line)
}

func writeLines(w io.Writer, files []Checked, write func(Issue) string) error {
	for _, f := range files {
		for _, i := range f.Issues {
			if _, err := fmt.Fprintln(w, write(i)); err != nil {
				return fmt.Errorf("write the report: %w", err)
			}
		}
	}
	return nil
}

// line is an issue as compilers write them: editors find the place.
func line(i Issue) string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", oneLine(i.File), max(1, i.Line), max(1, i.Column), i.Severity,
		oneLine(i.Message), i.Rule)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// escapeData and escapeProperty are the escapes of GitHub's workflow commands (actions/toolkit, command.ts).
//
//nolint:gochecknoglobals // tables
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// github is an issue as an annotation in GitHub Actions.
func github(i Issue) string {
	level := map[domain.Severity]string{
		domain.SeverityBlocking: "error", domain.SeverityWarning: "warning", domain.SeverityInfo: "notice",
	}[i.Severity]
	where := "file=" + escapeProperty.Replace(i.File)
	if i.Line > 0 {
		where += fmt.Sprintf(",line=%d,col=%d", i.Line, i.Column)
		if i.EndLine == i.Line { // GitHub takes an end column on the same line only
			where += fmt.Sprintf(",endColumn=%d", i.EndColumn)
		} else {
			where += fmt.Sprintf(",endLine=%d", i.EndLine)
		}
	}
	return fmt.Sprintf("::%s %s,title=%s::%s", level, where, escapeProperty.Replace(i.Rule), escapeData.Replace(i.Message))
}

// fileReport is a file in the JSON document.
type fileReport struct {
	File       string   `json:"file"`
	Language   string   `json:"language"`
	WordCount  int      `json:"word_count"`
	Adherence  *int     `json:"voice_adherence"` // null without a brand voice, or where it asks for nothing
	Distance   *float64 `json:"voice_distance"`
	SEO        *int     `json:"seo"`
	Reading    *int     `json:"readability"`
	Advice     []string `json:"advice"`
	Issues     []Issue  `json:"issues"`
	VoiceParts []part   `json:"voice_parts"`
}

type part struct {
	ID    string `json:"id"`
	Score *int   `json:"score"`
	Found string `json:"found"`
	Fix   string `json:"fix,omitempty"`
}

func writeJSON(w io.Writer, files []Checked) error {
	out := struct {
		Files   []fileReport            `json:"files"`
		Summary map[domain.Severity]int `json:"summary"`
	}{[]fileReport{}, map[domain.Severity]int{
		domain.SeverityBlocking: 0, domain.SeverityWarning: 0, domain.SeverityInfo: 0,
	}}
	for _, f := range files {
		out.Files = append(out.Files, reportOf(f))
		for _, i := range f.Issues {
			out.Summary[i.Severity]++
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func reportOf(f Checked) fileReport {
	r := f.Result
	out := fileReport{
		File: f.File.Name, Language: r.Language, WordCount: r.Words, Issues: f.Issues, VoiceParts: []part{},
		Advice: slices.Concat([]string{}, r.SEO.Advice, r.Readability.Advice),
	}
	if r.SEO.Known {
		out.SEO = &r.SEO.Value
	}
	if r.Readability.Known {
		out.Reading = &r.Readability.Value
	}
	if r.Voice == nil {
		return out
	}
	if r.Voice.Judged {
		out.Adherence = &r.Voice.Adherence
	}
	if r.Voice.Distance.Known {
		out.Distance = &r.Voice.Distance.Value
	}
	for _, p := range r.Voice.Parts {
		x := part{ID: p.ID, Found: p.Found, Fix: p.Fix}
		if p.Applicable {
			x.Score = &p.Score
		}
		out.VoiceParts = append(out.VoiceParts, x)
	}
	return out
}

// Summary is a line about a file for people.
func (f Checked) Summary() string {
	parts := []string{domain.Plural(f.Result.Words, "word"), domain.Plural(len(f.Issues), "issue")}
	if v := f.Result.Voice; v != nil && v.Judged {
		parts = append(parts, fmt.Sprintf("brand voice %d of 100", v.Adherence))
	}
	if f.Result.SEO.Known {
		parts = append(parts, fmt.Sprintf("SEO %d", f.Result.SEO.Value))
	}
	if f.Result.Readability.Known {
		parts = append(parts, fmt.Sprintf("readability %d", f.Result.Readability.Value))
	}
	return oneLine(f.File.Name) + ": " + strings.Join(parts, ", ")
}
