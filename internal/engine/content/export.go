package content

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// ExportItem asks for an item as a file. The default format is Markdown.
type ExportItem struct {
	ID     int64
	Format domain.ExportFormat
}

// Export is a file.
type Export struct {
	Name      string
	MediaType string
	Body      []byte
}

// ExportItem returns an item as a file. Each format carries a machine-readable
// marking of what wrote the text (EU AI Act, Article 50).
func (v *Verbs) ExportItem(ctx context.Context, in ExportItem) (Export, error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return Export{}, err
	}
	in.Format = cmp.Or(in.Format, domain.ExportMarkdown)
	var p domain.Problems
	domain.CheckEnum(&p, "format", in.Format)
	if err := p.Err(); err != nil {
		return Export{}, err
	}
	d, err := v.Item(ctx, in.ID)
	if err != nil {
		return Export{}, err
	}
	switch in.Format {
	case domain.ExportHTML:
		body, err := v.htmlPage(d.ContentItem)
		return Export{Name: d.Slug + ".html", MediaType: "text/html; charset=utf-8", Body: body}, err
	case domain.ExportJSON:
		body, err := json.MarshalIndent(exported(d), "", "  ")
		return Export{Name: d.Slug + ".json", MediaType: "application/json; charset=utf-8", Body: append(body, '\n')}, err
	}
	body := []byte(frontMatter(d.ContentItem) + d.Body + "\n")
	return Export{Name: d.Slug + ".md", MediaType: "text/markdown; charset=utf-8", Body: body}, nil
}

// exportImage is the address of an image in an exported file, for those who are signed in here; empty
// where the server does not know its own.
func (v *Verbs) exportImage(i domain.ItemImage) string {
	if v.publicURL == "" {
		return ""
	}
	return v.publicURL + ownImage(i)
}

// generator says for machines what wrote a text.
func generator(g domain.Origin) string {
	if g.AI {
		return "ai-generated; provider=" + g.Provider + "; model=" + g.Model
	}
	if g.Kind == domain.OriginPerson {
		return "written-by-a-person; ai=false"
	}
	return "composed-from-inputs-by-rules; ai=false"
}

func frontMatter(c domain.ContentItem) string {
	var b strings.Builder
	line := func(name string, v any) {
		text, err := json.Marshal(v) // a JSON value is a YAML value
		if err == nil {
			fmt.Fprintf(&b, "%s: %s\n", name, text)
		}
	}
	b.WriteString("---\n")
	line("title", c.Title)
	line("slug", c.Slug)
	line("meta_title", c.MetaTitle)
	line("description", c.MetaDescription)
	line("keywords", append([]string{}, c.Keywords...))
	line("language", c.Language)
	line("version", c.Version)
	line("ai", c.Origin.AI)
	line("generator", generator(c.Origin))
	b.WriteString("---\n\n")
	return b.String()
}

// htmlExport escapes each value for the place where it stands. Body is HTML that
// has been sanitized.
var htmlExport = template.Must(template.New("export").Parse(`<!doctype html>
<html lang="{{.Language}}" dir="{{.Direction}}">
<head>
<meta charset="utf-8">
<title>{{.MetaTitle}}</title>
<meta name="description" content="{{.Description}}">
<meta name="generator" content="{{.Generator}}">
<meta name="ai-generated" content="{{.AI}}">
</head>
<body>
{{with .Heading}}<h1>{{.}}</h1>
{{end}}{{.Body}}
</body>
</html>
`))

func (v *Verbs) htmlPage(c domain.ContentItem) ([]byte, error) {
	var out bytes.Buffer
	text, heading := RenderText(c.Body, c.Images, v.exportImage), c.Title
	if strings.HasPrefix(text, "<h1") {
		heading = "" // the text brings its own
	}
	err := htmlExport.Execute(&out, struct {
		Language, Direction, MetaTitle, Heading, Description, Generator string
		AI                                                              bool
		Body                                                            template.HTML
	}{
		Language:    cmp.Or(c.Language, "en"),
		Direction:   domain.Direction(c.Language),
		MetaTitle:   cmp.Or(c.MetaTitle, c.Title),
		Heading:     heading,
		Description: c.MetaDescription,
		Generator:   generator(c.Origin),
		AI:          c.Origin.AI,
		Body:        template.HTML(text), //nolint:gosec // sanitized by RenderMarkdown
	})
	return out.Bytes(), err
}

// exportedItem is an item as a JSON file. Names are those of [domain.ContentItem]; a
// time that is not set is left out.
type exportedItem struct {
	domain.ContentItem
	AI         bool            `json:"ai"`
	Generator  string          `json:"generator"`
	Provenance json.RawMessage `json:"provenance,omitempty"`
}

func exported(d ItemDetails) exportedItem {
	c := d.ContentItem
	c.Keywords = append([]string{}, c.Keywords...)
	for _, t := range []*time.Time{&c.PlannedAt, &c.ScheduledAt, &c.PublishedAt, &c.CreatedAt, &c.UpdatedAt} {
		*t = t.Truncate(time.Second)
	}
	return exportedItem{ContentItem: c, AI: d.Origin.AI, Generator: generator(d.Origin), Provenance: d.Provenance}
}
