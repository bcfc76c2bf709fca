package domain

import (
	"encoding/json"
	"time"
)

// Template is a workflow template: capabilities that run as one execution, the settings
// of each made from the inputs and from what earlier steps recorded.
type Template struct {
	ID          int64            `json:"id"`   // up to 1000: it ships with Vellocity
	Slug        string           `json:"slug"` // lower case with hyphens, unique among those that a workspace sees
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Category    TemplateCategory `json:"category"`
	// InputSchema is a JSON Schema (2020-12) of the inputs, an object.
	InputSchema json.RawMessage `json:"input_schema"`
	Steps       []TemplateStep  `json:"steps"`
	IsBuiltin   bool            `json:"is_builtin"` // it ships with Vellocity and cannot be changed
	Version     int             `json:"version"`    // from 1, raised with each change
	CreatedAt   time.Time       `json:"-"`
	UpdatedAt   time.Time       `json:"-"`
}

// TemplateStep is one step of a template: one capability.
//
// A step whose condition is false is skipped. So is a step that needs the value of a
// skipped one, in an expression that gives no other value with ??, and a step all of
// whose dependencies were skipped, unless it refers to one of them with ??.
type TemplateStep struct {
	Key        string          `json:"key"`        // lower-case letters, digits and hyphens; unique
	Capability string          `json:"capability"` // slug
	Settings   json.RawMessage `json:"settings"`   // an object; its texts may have {{ expressions }}
	DependsOn  []string        `json:"depends_on"` // keys of the steps that must be over before
	When       string          `json:"when,omitempty"`
}

// TemplateCategory groups templates.
type TemplateCategory string

// The categories of templates.
const (
	TemplateBlog   TemplateCategory = "blog"
	TemplateSocial TemplateCategory = "social"
	TemplateSEO    TemplateCategory = "seo"
	TemplateLaunch TemplateCategory = "launch"
	TemplateReview TemplateCategory = "review"
	TemplateOther  TemplateCategory = "other"
)

var templateLabels = map[TemplateCategory]string{
	TemplateBlog: "Blog", TemplateSocial: "Social media", TemplateSEO: "Search engines", TemplateLaunch: "Launches",
	TemplateReview: "Review", TemplateOther: "Other",
}

// TemplateCategories lists the categories in the order in which people read them.
func TemplateCategories() []TemplateCategory {
	return []TemplateCategory{
		TemplateBlog, TemplateSocial, TemplateSEO, TemplateLaunch, TemplateReview, TemplateOther,
	}
}

// Label returns the name that people read.
func (c TemplateCategory) Label() string { return templateLabels[c] }

// MaxTemplates is how many templates of its own a workspace may have.
const MaxTemplates = 200

// FirstOwnTemplate is the lowest id of a template that a workspace has created.
const FirstOwnTemplate = 1001

// The bounds of the JSON within a template.
const (
	MaxTemplateObject = 32_000 // bytes of an input schema, or of the settings of one step
	MaxTemplateDepth  = 16     // levels of nesting within one
)

// ItemRef names a content item that a step created.
type ItemRef struct {
	ID    int64  `json:"id"`
	Title string `json:"title"` // as it was created
	// Version is the one that a redo wrote of an item that was there; 0: the first.
	Version int `json:"version,omitempty"`
}
