package domain

import (
	"encoding/json"
	"slices"
)

// Category groups capabilities.
type Category string

// The four categories of the contract.
const (
	CategoryGeneration Category = "generation"
	CategoryPublishing Category = "publishing"
	CategoryAnalysis   Category = "analysis"
	CategoryWorkflow   Category = "workflow"
)

var categoryLabels = map[Category]string{
	CategoryGeneration: "Content Generation", CategoryPublishing: "Publishing",
	CategoryAnalysis: "Content Analysis", CategoryWorkflow: "Workflow",
}

// Categories lists the categories in the order the contract shows them.
func Categories() []Category {
	return []Category{CategoryGeneration, CategoryPublishing, CategoryAnalysis, CategoryWorkflow}
}

// Label returns the name that people read.
func (c Category) Label() string { return categoryLabels[c] }

// Capability describes one thing that Vellocity can be asked to do.
type Capability struct {
	ID          int64 // its own for ever, from 1: no other capability gets it, not even later
	Slug        string
	Name        string
	Description string
	Category    Category
	// Credits is the flat price with a model; with the composer it is 0.
	Credits int
	IsBeta  bool
	// IsFeatured puts the capability's own tool into the list that every AI client gets.
	// That list has room for a few; the others are found by list_capabilities.
	IsFeatured bool
	// NeedsModel is false where no step ever calls a text provider; such a
	// capability costs nothing.
	NeedsModel bool
	// Guarded says that its texts, or those that it reads, pass the guardrails.
	Guarded bool
	// RequiredExtensions are slugs of integrations that must be configured, such as
	// [ExtensionModel].
	RequiredExtensions []string
	// Effects are all that its executions may do to content items, whatever their
	// settings; see [EffectScopes].
	Effects []EffectKind
	// SettingsSchema is a JSON Schema (2020-12) of the whole settings object:
	// the form, the check, the MCP tool and the documentation read it.
	SettingsSchema json.RawMessage
	// Outputs says how people read what the steps record, by the path of each field:
	// "score", "keywords.density". An index of a list is no part of a path. A field
	// without an entry is shown plainly, under its own name.
	Outputs map[string]OutputField
}

// OutputField says how one field of a step's output is shown.
type OutputField struct {
	Label string     // "" makes one of the field's name
	Unit  string     // after the value: "%", "words"
	Kind  OutputKind // "" shows the value plainly
}

// OutputKind says what a field means to its reader.
type OutputKind string

// The kinds of output.
const (
	OutputLead   OutputKind = "lead"   // the conclusion
	OutputScore  OutputKind = "score"  // a number from 0 to 100
	OutputGrade  OutputKind = "grade"  // a letter from A to E
	OutputChecks OutputKind = "checks" // a list of reasons for a score, each with name, points, max and found
	OutputStatus OutputKind = "status" // the status of a content item
	OutputHidden OutputKind = "hidden" // not shown: other parts of the page have it
)

// ExtensionModel is the integration of a capability that rules cannot do: a model provider.
const ExtensionModel = "model-provider"

// RequiresModel reports whether only a model can do what the capability does. Without
// one it is refused before anything is stored or charged.
func (c Capability) RequiresModel() bool {
	return slices.Contains(c.RequiredExtensions, ExtensionModel)
}

// RequiresCredits reports whether the capability has a price.
func (c Capability) RequiresCredits() bool { return c.Credits > 0 }
