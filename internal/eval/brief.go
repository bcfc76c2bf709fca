package eval

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"vellocity/internal/capability/blogpost"
	"vellocity/internal/domain"
)

//go:embed briefs/*.json
var briefFiles embed.FS

// Brief is one text to be written.
type Brief struct {
	Name     string            `json:"-"` // of its file, without the number: "job-ad"
	Settings blogpost.Settings `json:"settings"`
	Voice    *Voice            `json:"brand_voice"` // nil: none
}

// Voice is the brand voice of a brief: the part of a [domain.BrandVoice] that rules can check.
type Voice struct {
	Name           string                 `json:"name"`
	Description    string                 `json:"description"`
	Tone           []string               `json:"tone"`
	PreferredTerms []domain.PreferredTerm `json:"preferred_terms"`
	BannedTerms    []string               `json:"banned_terms"`
}

// brandVoice returns the voice as steps and guardrails take it; nil: none.
func (b Brief) brandVoice() *domain.BrandVoice {
	if b.Voice == nil {
		return nil
	}
	return &domain.BrandVoice{
		ID: 1, Version: 1, Name: b.Voice.Name, Description: b.Voice.Description, Tone: b.Voice.Tone,
		PreferredTerms: b.Voice.PreferredTerms, BannedTerms: b.Voice.BannedTerms,
	}
}

// facts returns what the text should say: the key points and the facts.
func (b Brief) facts() []string { return slices.Concat(b.Settings.KeyPoints, b.Settings.Facts) }

// support returns everything that a figure, a quotation or a link may rest on.
func (b Brief) support() []string {
	s := b.Settings
	return slices.Concat([]string{s.Topic, s.Audience, s.Tone}, s.Keywords, s.KeyPoints, s.Facts, s.Sources)
}

// page is a text as readers get it.
type page struct{ title, body string }

// Briefs returns the briefs of the repository in the order of their numbers, or those
// with the given names. A name that no brief has is an error that lists the names.
func Briefs(names ...string) ([]Brief, error) {
	all, err := readBriefs(briefFiles)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, b := range all {
		known = append(known, b.Name)
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, fmt.Errorf("there is no brief %q; the briefs are %s", n, strings.Join(known, ", "))
		}
	}
	if len(names) > 0 {
		all = slices.DeleteFunc(all, func(b Brief) bool { return !slices.Contains(names, b.Name) })
	}
	return all, nil
}

func readBriefs(files fs.FS) ([]Brief, error) {
	paths, err := fs.Glob(files, "briefs/*.json") // in order
	if err != nil {
		return nil, err
	}
	var all []Brief
	for _, p := range paths {
		raw, err := fs.ReadFile(files, p)
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(strings.TrimSuffix(p, ".json"), "-")
		b := Brief{Name: name}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&b); err != nil {
			return nil, fmt.Errorf("read the brief %s: %w", p, err)
		}
		if b.Settings.Language == "" {
			b.Settings.Language = "en"
		}
		if b.Settings.Format == "" {
			b.Settings.Format = "auto"
		}
		all = append(all, b)
	}
	return all, nil
}
