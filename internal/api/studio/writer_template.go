package studio

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// TemplateEntry is a writer template in a list.
type TemplateEntry struct {
	ID          int64                 `json:"id"`
	Slug        string                `json:"slug"            doc:"Send it as post_type"`
	Title       string                `json:"title"`
	Description string                `json:"description"`
	Type        string                `json:"type"            doc:"Always text"`
	Category    domain.WriterCategory `json:"category"`
	Premium     bool                  `json:"premium"         doc:"Always false: every plan has every template"`
	Custom      bool                  `json:"custom_template" doc:"It is one of the workspace's own"`
	Favorite    bool                  `json:"favorite"        doc:"You have marked it"`
	NeedsModel  bool                  `json:"needs_model"     doc:"Without a model it is refused; the others are then composed from your own sentences"`
}

// WriterFieldView is a field of a template, in both directions.
type WriterFieldView struct {
	Name     string                 `json:"name"              limit:"writer_name"    doc:"Lower-case letters, digits and underscores"`
	Type     domain.WriterFieldType `json:"type"`
	Title    string                 `json:"title"             limit:"writer_title"   doc:"Its label in forms"`
	Help     string                 `json:"help,omitempty"    limit:"writer_help"`
	Required bool                   `json:"required,omitempty"`
	Example  string                 `json:"example,omitempty" limit:"writer_example" doc:"Of a list, one entry on each line"`
	Options  []string               `json:"options,omitempty" limit:"writer_options" doc:"Of a choice"`
}

// TemplateView is a writer template whole.
type TemplateView struct {
	TemplateEntry
	ContentType domain.ContentType `json:"content_type" doc:"Of the content items that its texts are saved as"`
	Fields      []WriterFieldView  `json:"fields"`
	Questions   string             `json:"questions"    doc:"The fields again, as JSON in a text: [{\"name\":\"description\", …}]"`
	Prompt      string             `json:"prompt"       doc:"What a model is asked; {{name}} stands for the value of a field"`
	Version     int                `json:"version"      doc:"Raised with each change"`
	CreatedAt   *time.Time         `json:"created_at"   doc:"Null for one that ships with Vellocity"`
	UpdatedAt   *time.Time         `json:"updated_at"   doc:"Null for one that ships with Vellocity"`
}

// Generator is a template with the texts that you have written from it.
type Generator struct {
	Template TemplateView  `json:"openai"`
	Outputs  []OutputEntry `json:"userOpenai" doc:"Your newest texts from it, 10 at most"`
}

type listWriterTemplates struct {
	Search   string                `json:"search,omitempty"    limit:"search" doc:"Words in the slug, title, description or category"`
	Category domain.WriterCategory `json:"category,omitempty"                 doc:"Only this category"`
	Favorite bool                  `json:"favorites,omitempty"                doc:"Only those that you have marked"`
	Custom   bool                  `json:"custom,omitempty"                   doc:"Only the workspace's own"`
}

// WriterRef names a writer template in the path.
type WriterRef struct {
	Template string `json:"template" in:"path" limit:"slug" doc:"The template's slug, like post_generator, or its id"`
}

// WriterBody is all of a writer template but its slug.
type WriterBody struct {
	Title       string                `json:"title"                  limit:"writer_title"       doc:"What people call it"`
	Description string                `json:"description,omitempty"  limit:"writer_description" doc:"What it writes"`
	Category    domain.WriterCategory `json:"category,omitempty"                                doc:"Groups it in lists" default:"other"`
	ContentType domain.ContentType    `json:"content_type,omitempty"                            doc:"Of the content items that its texts are saved as" default:"text_content"`
	Fields      []WriterFieldView     `json:"fields"                 limit:"writer_fields"      doc:"What it asks for; the prompt uses each"`
	Prompt      string                `json:"prompt"                 limit:"writer_prompt"      doc:"What a model is asked. {{name}} stands for the value of a field; a line whose fields are all empty is left out"`
}

func (b WriterBody) template(slug string) domain.WriterTemplate {
	return domain.WriterTemplate{
		Slug: slug, Title: b.Title, Description: b.Description, Category: b.Category, ContentType: b.ContentType,
		Fields: wire.Each(b.Fields, func(f WriterFieldView) domain.WriterField { return domain.WriterField(f) }),
		Prompt: b.Prompt,
	}
}

type createWriterTemplate struct {
	Slug string `json:"slug,omitempty" limit:"filter" doc:"Lower-case letters and digits with single underscores or hyphens between them, made from the title by default; it stays for ever"`
	WriterBody
}

type replaceWriterTemplate struct {
	WriterRef
	WriterBody
	ops.Conditional
}

type deleteWriterTemplate struct {
	WriterRef
	ops.Conditional
}

type favorite struct {
	ID int64 `json:"openai_id" minimum:"1" doc:"The template's id"`
}

const ownPath = writerPath + "/templates"

var chapterTemplates = ops.Chapter{
	Name: "Writer templates",
	Description: "Forms of a few fields that write one text each. GET /aiwriter/openai-list has all of them, and a " +
		"workspace can have up to 200 of its own.",
}

var sampleTemplate = studio.WriterTemplate{WriterTemplate: domain.WriterTemplate{
	ID: 1001, Slug: "launch_note", Title: "Launch note", Description: "A short note about a launch.",
	Category: domain.WriterCompany, ContentType: domain.ContentText, Version: 1,
	CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
	Fields: []domain.WriterField{
		{Name: "product", Type: domain.WriterText, Title: "Product", Required: true, Example: "Till app"},
		{Name: "news", Type: domain.WriterLongText, Title: "What is new", Required: true, Example: "It works offline."},
	},
	Prompt: "Write a launch note of two paragraphs.\n\nProduct: {{product}}\nWhat is new:\n{{news}}",
}}

// sampleTemplateInput is an input that gives the sample.
func sampleTemplateInput(name, value string) map[string]any {
	t := sampleTemplate
	return map[string]any{
		name: value, "title": t.Title, "description": t.Description, "category": string(t.Category),
		"content_type": string(t.ContentType), "fields": wire.Each(t.Fields, viewField), "prompt": t.Prompt,
	}
}

func templateRows(v *studio.Verbs) []ops.Op {
	return []ops.Op{
		listWriterRow(v), generatorRow(v), listFavoritesRow(v), addFavoriteRow(v), removeFavoriteRow(v),
		getWriterRow(v), createWriterRow(v), replaceWriterRow(v), deleteWriterRow(v),
	}
}

func listWriterRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_writer_templates",
		Route: ops.Route{Method: http.MethodGet, Path: writerPath + "/openai-list"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "List writer templates",
			Description: "Templates that ship with Vellocity, then the workspace's own.",
		},
		Tool: ops.Tool{Set: writerTools},
		Command: ops.Command{
			Noun: "writer-templates", Verb: "list", Columns: []string{"slug", "title", "category", "needs_model"},
		},
	}, func(ctx context.Context, in listWriterTemplates) ([]studio.WriterTemplate, error) {
		return v.WriterTemplates(ctx, studio.ListWriterTemplates{
			Search: in.Search, Category: in.Category, Favorites: in.Favorite, Own: in.Custom,
		})
	}, func(_ *ops.Reply, l []studio.WriterTemplate) []TemplateEntry {
		return wire.Each(l, templateEntry)
	}, []studio.WriterTemplate{sampleTemplate})
}

// generator is a template with the newest of the caller's texts from it.
type generator struct {
	template studio.WriterTemplate
	outputs  []studio.GeneratedText
}

// mostOutputs is how many texts come with a template.
const mostOutputs = 10

func generatorRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_writer_generator",
		Route: ops.Route{Method: http.MethodGet, Path: writerPath + "/generator/{template}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Get a writer template with your texts",
			Description: "The template with its fields, and your newest texts from it.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"template": sampleTemplate.Slug},
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: "generator"},
	}, func(ctx context.Context, in WriterRef) (g generator, err error) {
		if g.template, err = v.WriterTemplate(ctx, in.Template); err != nil {
			return g, err
		}
		l, err := v.Outputs(ctx, studio.ListOutputs{
			Template: g.template.Slug, Page: domain.Page{Number: 1, Size: mostOutputs},
		})
		g.outputs = l.Items
		return g, err
	}, func(_ *ops.Reply, g generator) Generator {
		return Generator{templateView(g.template), wire.Each(g.outputs, outputEntry)}
	}, generator{sampleTemplate, []studio.GeneratedText{sampleText}})
}

func getWriterRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_writer_template",
		Route: ops.Route{Method: http.MethodGet, Path: ownPath + "/{template}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Get a writer template",
			Description: "A template with its fields, its prompt and its version.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"template": sampleTemplate.Slug},
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: "get"},
	}, func(ctx context.Context, in WriterRef) (studio.WriterTemplate, error) {
		return v.WriterTemplate(ctx, in.Template)
	}, viewTemplate, sampleTemplate)
}

func createWriterRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_writer_template",
		Route:          ops.Route{Method: http.MethodPost, Path: ownPath, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Create a writer template",
			Description: "It is checked whole: each placeholder must name a field, and each field must be used. A " +
				"VALIDATION_ERROR has all faults at once, at paths such as fields.2.name.",
			Errors:  []domain.Code{domain.CodeConflict},
			Example: sampleTemplateInput("slug", sampleTemplate.Slug),
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: "create"},
	}, func(ctx context.Context, in createWriterTemplate) (studio.WriterTemplate, error) {
		return v.CreateWriterTemplate(ctx, in.template(in.Slug))
	}, func(r *ops.Reply, t studio.WriterTemplate) TemplateView {
		r.Location = ops.Base + ownPath + "/" + t.Slug
		return viewTemplate(r, t)
	}, sampleTemplate)
}

func replaceWriterRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "replace_writer_template",
		Route:          ops.Route{Method: http.MethodPut, Path: ownPath + "/{template}"},
		Scope:          domain.ScopeWrite,
		Hints:          ops.Hints{Destructive: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Change a writer template",
			Description: "Stores all of it but its slug as its next version. One that ships with Vellocity cannot be changed.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     sampleTemplateInput("template", sampleTemplate.Slug),
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: "replace"},
	}, func(ctx context.Context, in replaceWriterTemplate) (studio.WriterTemplate, error) {
		return v.ReplaceWriterTemplate(ctx, studio.ReplaceWriterTemplate{
			Ref: in.Template, Template: in.template(""), Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewTemplate, sampleTemplate)
}

func deleteWriterRow(v *studio.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_writer_template",
		Route: ops.Route{Method: http.MethodDelete, Path: ownPath + "/{template}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Delete a writer template",
			Description: "Texts that were written from it stay. One that ships with Vellocity cannot be deleted.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"template": sampleTemplate.Slug},
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: "delete"},
	}, func(ctx context.Context, in deleteWriterTemplate) error {
		return v.DeleteWriterTemplate(ctx, studio.DeleteWriterTemplate{
			Ref: in.Template, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	})
}

func listFavoritesRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_writer_favorites",
		Route: ops.Route{Method: http.MethodGet, Path: writerPath + "/favorite-openai-list"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "List your favorite templates",
			Description: "The ids of the writer templates that you have marked. A person and each API key have their own.",
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: "favorites"},
	}, func(ctx context.Context, _ struct{}) ([]int64, error) { return v.WriterFavorites(ctx) },
		viewFavorites, []int64{1, 12})
}

func addFavoriteRow(v *studio.Verbs) ops.Op {
	return favoriteRow("add_writer_favorite", "-add", "Add a favorite template",
		"Marks a writer template for you and returns all that you have marked.", "favorite", nil, v.AddWriterFavorite)
}

func removeFavoriteRow(v *studio.Verbs) ops.Op {
	return favoriteRow("remove_writer_favorite", "-remove", "Remove a favorite template",
		"Removes your mark from a writer template and returns what you have marked still. One that you have not marked is "+
			"not found.",
		"unfavorite", []domain.Code{domain.CodeNotFound}, v.RemoveWriterFavorite)
}

func favoriteRow(
	name, end, summary, description, verb string, errors []domain.Code,
	change func(context.Context, int64) ([]int64, error),
) ops.Op {
	return ops.New(ops.Op{
		Name:           name,
		Route:          ops.Route{Method: http.MethodPost, Path: writerPath + "/favorite-openai-list" + end},
		Scope:          domain.ScopeRead,
		IdempotencyKey: true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: summary, Description: description, Errors: errors,
			Example: map[string]any{"openai_id": 1},
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "writer-templates", Verb: verb},
	}, func(ctx context.Context, in favorite) ([]int64, error) { return change(ctx, in.ID) },
		viewFavorites, []int64{1, 12})
}

func viewFavorites(_ *ops.Reply, ids []int64) []int64 { return wire.List(ids) }

func templateEntry(t studio.WriterTemplate) TemplateEntry {
	return TemplateEntry{
		ID: t.ID, Slug: t.Slug, Title: t.Title, Description: t.Description, Type: "text", Category: t.Category,
		Custom: !t.IsBuiltin, Favorite: t.Favorite, NeedsModel: t.NeedsModel(),
	}
}

func viewTemplate(r *ops.Reply, t studio.WriterTemplate) TemplateView {
	r.Revision = wire.Number(int64(t.Version))
	return templateView(t)
}

func templateView(t studio.WriterTemplate) TemplateView {
	fields := wire.Each(t.Fields, viewField)
	questions, _ := json.Marshal(fields) // texts and lists of them, which always have a form
	return TemplateView{
		TemplateEntry: templateEntry(t), ContentType: t.ContentType, Fields: fields, Questions: string(questions),
		Prompt: t.Prompt, Version: t.Version, CreatedAt: wire.Time(t.CreatedAt), UpdatedAt: wire.Time(t.UpdatedAt),
	}
}

func viewField(f domain.WriterField) WriterFieldView { return WriterFieldView(f) }
