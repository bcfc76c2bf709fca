package domain

import "encoding/json"

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
	ID          int64 // its place in the installation's list, from 1
	Slug        string
	Name        string
	Description string
	Category    Category
	// Credits is the flat price with a model; with the composer it is 0.
	Credits int
	IsBeta  bool
	// NeedsModel is false where no step ever calls a text provider; such a
	// capability costs nothing.
	NeedsModel bool
	// RequiredExtensions are slugs of integrations that must be configured.
	RequiredExtensions []string
	// SettingsSchema is a JSON Schema (2020-12) of the whole settings object:
	// the form, the check, the MCP tool and the documentation read it.
	SettingsSchema json.RawMessage
}

// RequiresCredits reports whether the capability has a price.
func (c Capability) RequiresCredits() bool { return c.Credits > 0 }
