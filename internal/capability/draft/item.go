package draft

import (
	"encoding/json"
	"fmt"
	"slices"

	"vellocity/internal/capability"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Record says where a text came from, for people and exports.
type Record struct {
	Inputs any                         // the settings
	Steps  map[string]capability.Trace // how each step's text was written
	Format string                      // of a composed text
	Unused []compose.Unused            // what was given and is not in a composed text
	From   []domain.ItemRef            // the items that it was made from
}

// Provenance encodes the record.
func (r Record) Provenance(in capability.Input) (json.RawMessage, error) {
	record := map[string]any{
		"statement": capability.Statement(in.Origin), "engine": in.Origin, "agent": in.Agent.Name,
		"steps": r.Steps, "inputs": r.Inputs,
	}
	if r.Format != "" {
		record["format"] = r.Format
	}
	if len(r.Unused) > 0 {
		record["unused"] = r.Unused
	}
	if len(r.From) > 0 {
		record["derived_from"] = r.From
	}
	if v := in.BrandVoice; v != nil {
		record["brand_voice"] = map[string]any{"id": v.ID, "name": v.Name, "version": v.Version}
	}
	data, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode provenance: %w", err)
	}
	return data, nil
}

// Written is the output of a step that wrote an item.
type Written struct {
	Title    string           `json:"title"`
	Subject  string           `json:"subject,omitempty"` // of an e-mail
	Text     string           `json:"text"`
	Words    int              `json:"words"`
	Findings int              `json:"findings"`
	Prompt   capability.Trace `json:"prompt"`
	// Note says why there is no text, where there is none.
	Note string `json:"note,omitempty"`
}

// Outputs says how a [Written] is shown.
func Outputs() map[string]domain.OutputField {
	return map[string]domain.OutputField{
		"note": {Kind: domain.OutputLead}, "subject": {Label: "Subject"}, "words": {Label: "Words"},
	}
}

// Create returns the result of a step that puts a checked text on the board. The text and
// its title are taken from c; further has the type and the other fields of the item.
func Create(in capability.Input, c Checked, further domain.ContentItem, r Record) (capability.Result, error) {
	item := further
	if item.Title == "" {
		item.Title = c.Title
	}
	item.Title = prose.Clip(prose.Line(item.Title), 200)
	item.Body, item.MetaTitle, item.MetaDescription = c.Guarded.Text, c.MetaTitle, c.MetaDescription
	if r.Steps == nil {
		r.Steps = map[string]capability.Trace{}
	}
	r.Steps[in.Step.Key] = c.Trace
	item.NeedsInput = slices.Clone(item.NeedsInput)
	for _, u := range r.Unused {
		if u.Found() {
			continue
		}
		item.NeedsInput = append(item.NeedsInput, u.Need(item.Language))
	}
	from, err := r.Provenance(in)
	if err != nil {
		return capability.Result{}, err
	}
	return capability.Result{
		Output: Written{
			Title: item.Title, Text: item.Body, Words: prose.CountWords(prose.Plain(item.Body)),
			Findings: len(c.Findings), Prompt: c.Trace,
		},
		Findings:   c.All(),
		NeedsInput: item.NeedsInput,
		Effects: []capability.Effect{{
			Create: &capability.CreateItem{Item: item, Findings: c.Findings, Provenance: from},
		}},
	}, nil
}

// Item returns an item that a step reads.
func Item(in capability.Input, id int64) (domain.ContentItem, error) {
	item, ok := in.Items[id]
	if !ok {
		return item, domain.NotFound("Content item")
	}
	return item, nil
}
