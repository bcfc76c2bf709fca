package blogpost

import "vellocity/internal/capability"

// outlined is the output of the outline step.
type outlined struct {
	Title    string            `json:"title"`
	Sections []sectionPlan     `json:"sections"`
	Prompt   *capability.Trace `json:"prompt,omitempty"`
}

type sectionPlan struct {
	Heading string   `json:"heading"`
	Points  []string `json:"points"`
}

// written is the output of a step that writes prose. Text is empty for a section that
// the outline does not have.
type written struct {
	Heading string            `json:"heading,omitempty"`
	Text    string            `json:"text"`
	Words   int               `json:"words"`
	Prompt  *capability.Trace `json:"prompt,omitempty"`
	Note    string            `json:"note,omitempty"`
}

// assembled is the output of the assembly.
type assembled struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Words int    `json:"words"`
}

// described is the output of the step for title and description.
type described struct {
	Title           string            `json:"title"`
	MetaTitle       string            `json:"meta_title"`
	MetaDescription string            `json:"meta_description"`
	Slug            string            `json:"slug"`
	Prompt          *capability.Trace `json:"prompt,omitempty"`
}
