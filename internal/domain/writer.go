package domain

import "time"

// WriterTemplate asks for a few values, its fields, and has one text written from them.
type WriterTemplate struct {
	ID          int64  // up to 1000: it ships with Vellocity
	Slug        string // lower-case letters and digits with underscores or hyphens; callers send it as post_type
	Title       string // what people call it
	Description string // what it writes, in a sentence
	Category    WriterCategory
	ContentType ContentType // of the content items that its texts become
	Fields      []WriterField
	// Prompt is what a model is asked. {{name}} stands for the value of a field; a line whose
	// fields are all empty is left out.
	Prompt      string
	Composition WriterComposition
	IsBuiltin   bool // it ships with Vellocity and cannot be changed
	Version     int  // from 1, raised with each change
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// NeedsModel reports whether the composer cannot write the template.
func (t WriterTemplate) NeedsModel() bool { return t.Composition.Form == "" }

// WriterField is a value that a template asks for.
type WriterField struct {
	Name     string          `json:"name"              yaml:"name"` // lower-case letters, digits and underscores
	Type     WriterFieldType `json:"type"              yaml:"type"`
	Title    string          `json:"title"             yaml:"title"`
	Help     string          `json:"help,omitempty"    yaml:"help"`
	Required bool            `json:"required"          yaml:"required"`
	Example  string          `json:"example,omitempty" yaml:"example"` // of a list, one entry on each line
	Options  []string        `json:"options,omitempty" yaml:"options"` // of a choice, the usual one first
}

// WriterComposition says how the composer, which invents nothing, makes a template's text of the
// caller's own sentences. The zero value means that it cannot.
type WriterComposition struct {
	Form  string   `yaml:"form"`  // what is composed, such as email or faq
	Topic string   `yaml:"topic"` // the field that the text is about; "": its first sentence says it
	Lines []string `yaml:"lines"` // the fields whose sentences it is made of
}

// WriterFieldType says what a field takes.
type WriterFieldType string

// The types of fields.
const (
	WriterText     WriterFieldType = "text"      // one line
	WriterLongText WriterFieldType = "long_text" // several lines
	WriterChoice   WriterFieldType = "choice"    // one of its options
	WriterList     WriterFieldType = "list"      // entries of one line each
)

// Values lists the types of fields.
func (WriterFieldType) Values() []string {
	return names([]WriterFieldType{WriterText, WriterLongText, WriterChoice, WriterList})
}

// WriterCategory groups writer templates.
type WriterCategory string

// The categories of writer templates.
const (
	WriterBlog    WriterCategory = "blog"
	WriterSocial  WriterCategory = "social"
	WriterAds     WriterCategory = "ads"
	WriterEmail   WriterCategory = "email"
	WriterShop    WriterCategory = "shop"
	WriterSEO     WriterCategory = "seo"
	WriterVideo   WriterCategory = "video"
	WriterRewrite WriterCategory = "rewrite"
	WriterCompany WriterCategory = "company"
	WriterOther   WriterCategory = "other"
)

var writerLabels = map[WriterCategory]string{
	WriterBlog: "Blog", WriterSocial: "Social media", WriterAds: "Ads", WriterEmail: "E-mail", WriterShop: "Products",
	WriterSEO: "Search engines", WriterVideo: "Video", WriterRewrite: "Rewriting", WriterCompany: "Company",
	WriterOther: "Other",
}

// WriterCategories lists the categories in the order in which people read them.
func WriterCategories() []WriterCategory {
	return []WriterCategory{
		WriterBlog, WriterSocial, WriterAds, WriterEmail, WriterShop, WriterSEO, WriterVideo, WriterRewrite,
		WriterCompany, WriterOther,
	}
}

// Values lists the categories.
func (WriterCategory) Values() []string { return names(WriterCategories()) }

// Label returns the name that people read.
func (c WriterCategory) Label() string { return writerLabels[c] }

// MaxWriterTemplates is how many writer templates of its own a workspace may have.
const MaxWriterTemplates = 200

// FirstOwnWriterTemplate is the lowest id of a writer template that a workspace has created.
const FirstOwnWriterTemplate = 1001

// BuiltTextLife is how long a text that was built and never written is kept.
const BuiltTextLife = 24 * time.Hour
