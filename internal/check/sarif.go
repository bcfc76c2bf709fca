package check

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/voice"
)

// The parts of SARIF 2.1.0 (OASIS standard, 27 March 2020) that a report has.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string       `json:"id"`
		Name  string       `json:"name"`
		Short sarifMessage `json:"shortDescription"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string            `json:"ruleId"`
		RuleIndex int               `json:"ruleIndex"`
		Level     string            `json:"level"`
		Message   sarifMessage      `json:"message"`
		Locations []sarifLocation   `json:"locations"`
		Prints    map[string]string `json:"partialFingerprints,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

func writeSARIF(w io.Writer, files []Checked, version string) error {
	rules, index := sarifRules()
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "Vellocity", Version: version, Rules: rules}},
		ColumnKind: "utf16CodeUnits", Results: []sarifResult{},
	}
	for _, f := range files {
		for _, i := range f.Issues {
			run.Results = append(run.Results, sarifOf(i, index))
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// sarifRules are all rules, with the place of each.
func sarifRules() (rules []sarifRule, index map[string]int) {
	index = map[string]int{}
	add := func(id, name, description string) {
		index[id] = len(rules)
		rules = append(rules, sarifRule{id, strings.ReplaceAll(name, " ", ""), sarifMessage{description}})
	}
	for _, g := range guard.Guardrails() {
		add(g.Slug, g.Name, g.Description)
	}
	for _, p := range voice.Check("", "", domain.BrandVoice{}).Parts {
		add(voicePrefix+p.ID, p.Name, "What the brand voice asks for: "+strings.ToLower(p.Name)+".")
	}
	return rules, index
}

func sarifOf(i Issue, index map[string]int) sarifResult {
	level := map[domain.Severity]string{
		domain.SeverityBlocking: "error", domain.SeverityWarning: "warning", domain.SeverityInfo: "note",
	}[i.Severity]
	place := sarifPhysical{Artifact: sarifArtifact{fileURI(i.File)}}
	if i.Line > 0 {
		place.Region = &sarifRegion{i.Line, i.Column, i.EndLine, i.EndColumn}
	}
	out := sarifResult{
		RuleID: i.Rule, RuleIndex: index[i.Rule], Level: level, Message: sarifMessage{i.Message},
		Locations: []sarifLocation{{place}},
	}
	if i.print != "" {
		out.Prints = map[string]string{"vellocityFinding/v1": i.print}
	}
	return out
}

// fileURI returns a path as a relative reference (RFC 3986), or as a file URI where it is absolute.
func fileURI(name string) string {
	u := url.URL{Path: filepath.ToSlash(name)}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
		if !strings.HasPrefix(u.Path, "/") { // a drive of Windows
			u.Path = "/" + u.Path
		}
	}
	return u.String()
}
