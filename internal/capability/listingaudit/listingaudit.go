// Package listingaudit scores a listing of AWS Marketplace by rules, and says what to do. No model is called, and no
// item is created.
package listingaudit

import (
	"context"
	_ "embed"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/listing"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "audit-listing"

//go:embed settings.json
var schema []byte

// Settings are the listing to audit; see settings.json. Exactly one of ListingID and Title is given.
type Settings struct {
	ListingID   string             `json:"listing_id"`
	CatalogType domain.CatalogType `json:"catalog_type"`
	domain.ListingFields
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             17,
			Slug:           Slug,
			Name:           "Listing Audit",
			Description:    "Score how well buyers find and understand an AWS Marketplace listing, and what to do",
			Category:       domain.CategoryAnalysis,
			SettingsSchema: schema,
			Outputs: capability.Outputs(map[string]domain.OutputField{
				"overall_score": {Kind: domain.OutputScore}, "grade": {Kind: domain.OutputGrade},
				"checks": {Kind: domain.OutputChecks}, "listing_id": {Label: "Listing"}, "revision": {Label: "Revision"},
				"catalog_type": {Label: "Catalog type"},
			}),
		},
		Check:   check,
		Title:   title,
		Listing: Settings.id,
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "audit", Name: "Audit", Kind: "audit", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[Settings]{"audit": audit},
	})
}

func (s Settings) id() int64 {
	id, _ := domain.ListingID(s.ListingID) // the schema has checked it
	return id
}

func check(s Settings, p *domain.Problems) {
	switch {
	case s.ListingID == "" && s.Title == "":
		p.Add("settings.listing_id", "Name a listing_id or give the title of a listing to audit")
	case s.ListingID != "" && s.Title != "":
		p.Add("settings.title", "Give a listing_id or a title, not both")
	}
}

func title(s Settings) string {
	if s.ListingID != "" {
		return "Audit of listing " + s.ListingID
	}
	return prose.Clip("Audit of "+prose.Line(s.Title), 120)
}

// Audit is the step's output.
type Audit struct {
	ListingID   string             `json:"listing_id,omitempty"`
	Revision    int                `json:"revision,omitempty"`
	Title       string             `json:"title"`
	CatalogType domain.CatalogType `json:"catalog_type"`
	Score       int                `json:"overall_score"`
	Grade       domain.Grade       `json:"grade"`
	Checks      []Check            `json:"checks"`
}

// Check is one part of the score with what to do about it.
type Check struct {
	Part   string `json:"part"`
	Name   string `json:"name"`
	Points int    `json:"points"`
	Max    int    `json:"max"`
	Found  string `json:"found"`
	Fix    string `json:"fix,omitempty"`
}

func audit(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	kind, fields := s.CatalogType, s.ListingFields
	out := Audit{}
	if l := in.Listing; l != nil {
		kind, fields = l.CatalogType, l.ListingFields
		out.ListingID, out.Revision = domain.ListingRef(l.ID), l.Revision
	}
	score := listing.Score(kind, fields)
	out.Title, out.CatalogType, out.Score, out.Grade = fields.Title, kind, score.Overall, score.Grade
	for _, p := range score.Parts {
		for _, c := range p.Checks {
			out.Checks = append(out.Checks, Check{
				Part: p.Name, Name: name(c.Name), Points: c.Points, Max: c.Weight, Found: c.Why, Fix: c.Fix,
			})
		}
	}
	return capability.Result{Output: out}, nil
}

var words = strings.NewReplacer("-", " ")

// name is a check's name as people read it: "title-length" is "Title length".
func name(slug string) string { return prose.Capital(prose.Line(words.Replace(slug))) }
