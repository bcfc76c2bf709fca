package api

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// ContentAttributes is a text on the board, without the text.
type ContentAttributes struct {
	Title            string             `json:"title"`
	ContentType      domain.ContentType `json:"content_type" enum:"text_content,blog_post,email_draft,social_post,product_description"`
	Status           domain.ItemStatus  `json:"kanban_status" enum:"generated,review,ready,published"`
	Preview          string             `json:"preview" doc:"The text's first words"`
	WordCount        int                `json:"word_count"`
	Language         string             `json:"language" doc:"BCP 47"`
	Channel          *string            `json:"channel" doc:"The network of a social post"`
	MetaTitle        *string            `json:"meta_title"`
	MetaDescription  *string            `json:"meta_description"`
	Keywords         []string           `json:"keywords"`
	Slug             string             `json:"slug"`
	Scores           map[string]float64 `json:"scores" doc:"0 to 100 by name"`
	Engine           Origin             `json:"engine"`
	NeedsInput       []Need             `json:"needs_input"`
	Version          int                `json:"version" doc:"Number of the present version"`
	ApprovedVersion  *int               `json:"approved_version"`
	PublishedVersion *int               `json:"published_version"`
	PlannedAt        *time.Time         `json:"planned_at"`
	ScheduledAt      *time.Time         `json:"scheduled_at"`
	PublishedAt      *time.Time         `json:"published_at"`
	Assignee         *string            `json:"assignee"`
	CreatedAt        time.Time          `json:"created_at"`
	UpdatedAt        time.Time          `json:"updated_at"`
}

// ContentDetailsAttributes adds the text and everything around it.
type ContentDetailsAttributes struct {
	ContentAttributes
	Body         string        `json:"body" doc:"The text in Markdown"`
	Findings     []Finding     `json:"findings" doc:"What guardrails say about the present version"`
	Publications []Publication `json:"publications"`
	History      []BoardMove   `json:"history" doc:"Its moves on the board, with who and when"`
	Provenance   Object        `json:"provenance" doc:"Where the text came from: engine, prompt templates, inputs"`
}

// Publication is one channel's copy of an item.
type Publication struct {
	Version    int                      `json:"version"`
	Channel    string                   `json:"channel"`
	Status     domain.PublicationStatus `json:"status" enum:"pending,published,failed"`
	ExternalID *string                  `json:"external_id"`
	URL        *string                  `json:"url"`
	Error      *string                  `json:"error"`
	At         *time.Time               `json:"at"`
}

// BoardMove is one entry of an item's history.
type BoardMove struct {
	From    domain.ItemStatus `json:"from" enum:"generated,review,ready,published"`
	To      domain.ItemStatus `json:"to" enum:"generated,review,ready,published"`
	Version int               `json:"version"`
	By      string            `json:"by"`
	ByKind  domain.ActorKind  `json:"by_kind" enum:"person,key,agent,operator"`
	At      time.Time         `json:"at"`
}

// Version is one immutable state of an item's text.
type Version struct {
	N          int              `json:"n" doc:"Number, from 1"`
	Author     string           `json:"author"`
	AuthorKind domain.ActorKind `json:"author_kind" enum:"person,key,agent,operator"`
	Reason     string           `json:"reason"`
	CreatedAt  time.Time        `json:"created_at"`
	Title      string           `json:"title"`
	Body       string           `json:"body" doc:"Markdown"`
}

// ContentID names a content item in the path.
type ContentID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The content item's id"`
}

type changeContent struct {
	ContentID
	Conditional
}

type editContent struct {
	ContentID
	Title           *string    `json:"title,omitempty" minLength:"1" maxLength:"300"`
	Body            *string    `json:"body,omitempty" maxLength:"200000" doc:"The whole text in Markdown"`
	MetaTitle       *string    `json:"meta_title,omitempty" maxLength:"200"`
	MetaDescription *string    `json:"meta_description,omitempty" maxLength:"500"`
	Slug            *string    `json:"slug,omitempty" minLength:"1" maxLength:"200" doc:"Name in addresses, unique in the workspace"`
	Language        *string    `json:"language,omitempty" maxLength:"35" doc:"BCP 47"`
	Channel         *string    `json:"channel,omitempty" maxLength:"50"`
	Keywords        *[]string  `json:"keywords,omitempty" maxItems:"50" maxLength:"100"`
	PlannedAt       *time.Time `json:"planned_at,omitempty" doc:"When it is meant to be published"`
	ScheduledAt     *time.Time `json:"scheduled_at,omitempty" doc:"When it is to be published by itself"`
	Assignee        *string    `json:"assignee,omitempty" maxLength:"200" doc:"Who looks after it"`
	Reason          string     `json:"reason,omitempty" maxLength:"500" doc:"Why, for the list of versions"`
	Conditional
}

type listVersions struct {
	ContentID
	Paging
}

type restoreVersion struct {
	ContentID
	N int `json:"n" in:"path" minimum:"1" doc:"Number of the version to bring back"`
	Conditional
}

type exportContent struct {
	ContentID
	Format string `json:"format,omitempty" in:"query" enum:"markdown,html,json" default:"markdown" doc:"Form of the file"`
}

func contentRows(e *engine.Engine) []Op {
	const base = "/content-workflow/content/{id}"
	notFound := []domain.Code{domain.CodeNotFound}
	changing := []domain.Code{domain.CodeNotFound, domain.CodeConflict}
	version := domain.ContentVersion{ContentID: 101, N: 1, AuthorKind: domain.ActorSystem, Author: "Content Writer", Reason: "Generated", Title: sampleCard.Title, Body: sampleItem.Body, CreatedAt: sampleTime}
	return []Op{
		op(Op{
			Name: "get_content_item", Noun: "content", Verb: "get", Method: http.MethodGet, Path: base, Tag: "Content",
			Summary: "Get a content item", Description: "The text in Markdown, with findings, publications, history and where it came from.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "content", Errors: notFound, Result: sampleItem,
		}, func(ctx context.Context, in ContentID) (engine.ItemDetails, error) { return e.Item(ctx, in.ID) }, viewItem),
		op(Op{
			Name: "edit_content_item", Noun: "content", Verb: "edit", Method: http.MethodPatch, Path: base, Tag: "Content",
			Summary: "Edit a content item", Description: "Changes the fields that are given, makes a version and checks the text again. An approved item that is not published goes back to review.",
			Scope: domain.ScopeContent, Tags: true, Default: true, Toolset: "content", Errors: changing,
			Example: map[string]any{"id": 101, "title": "Cloud cost optimization in 2026", "reason": "Clearer title"}, Result: sampleItem,
		}, func(ctx context.Context, in editContent) (engine.ItemDetails, error) {
			return e.EditItem(ctx, in.edit())
		}, viewItem),
		op(Op{
			Name: "delete_content_item", Noun: "content", Verb: "delete", Method: http.MethodDelete, Path: base, Tag: "Content",
			Summary: "Delete a content item", Description: "Takes the item off the board and out of the feeds.",
			Scope: domain.ScopeContent, Status: http.StatusNoContent, Destructive: true, Repeatable: true, Toolset: "content", Errors: changing,
		}, func(ctx context.Context, in changeContent) (struct{}, error) {
			return struct{}{}, e.DeleteItem(ctx, engine.ID{ID: in.ID, Precondition: match(in.Conditional)})
		}, noView),
		op(Op{
			Name: "approve_content_item", Noun: "content", Verb: "approve", Method: http.MethodPost, Path: base + "/approve", Tag: "Content",
			Summary: "Approve a content item", Description: "Approves the present version and moves the item to ready.",
			Scope: domain.ScopeReview, Repeatable: true, Claims: true, Tags: true, Toolset: "content", Errors: changing, Result: sampleItem,
		}, func(ctx context.Context, in changeContent) (engine.ItemDetails, error) {
			return e.ApproveItem(ctx, engine.ID{ID: in.ID, Precondition: match(in.Conditional)})
		}, viewItem),
		op(Op{
			Name: "list_content_versions", Noun: "content", Verb: "versions", Method: http.MethodGet, Path: base + "/versions", Tag: "Content",
			Summary: "List versions", Description: "Every state of the text, newest first.", Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Toolset: "content",
			Columns: []string{"n", "created_at", "author", "reason", "title"}, Errors: notFound,
			Result: domain.List[domain.ContentVersion]{Items: []domain.ContentVersion{version}, Total: 1},
		}, func(ctx context.Context, in listVersions) (domain.List[domain.ContentVersion], error) {
			return e.Versions(ctx, engine.ListVersions{ID: in.ID, Page: in.page()})
		}, func(r *Reply, l domain.List[domain.ContentVersion]) []Version {
			r.Total = l.Total
			return each(l.Items, func(v domain.ContentVersion) Version {
				return Version{v.N, v.Author, v.AuthorKind, v.Reason, utc(v.CreatedAt), v.Title, v.Body}
			})
		}),
		op(Op{
			Name: "restore_content_version", Noun: "content", Verb: "restore", Method: http.MethodPost, Path: base + "/versions/{n}/restore", Tag: "Content",
			Summary: "Restore a version", Description: "Makes a new version with the text of an old one.",
			Scope: domain.ScopeContent, Claims: true, Tags: true, Toolset: "content", Errors: changing, Result: sampleItem,
		}, func(ctx context.Context, in restoreVersion) (engine.ItemDetails, error) {
			return e.RestoreVersion(ctx, engine.RestoreVersion{ID: in.ID, N: in.N, Precondition: match(in.Conditional)})
		}, viewItem),
		op(Op{
			Name: "export_content_item", Noun: "content", Verb: "export", Method: http.MethodGet, Path: base + "/export", Tag: "Content",
			Summary: "Export a content item", Description: "The item as a file, with a machine-readable mark of whether an AI model wrote it.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Toolset: "content", Errors: notFound, Media: []string{"text/markdown", "text/html", "application/json"},
			Result: engine.Export{Name: "cloud-cost-optimization-guide.md", MediaType: "text/markdown; charset=utf-8", Body: []byte(sampleItem.Body)},
		}, func(ctx context.Context, in exportContent) (engine.Export, error) {
			return e.ExportItem(ctx, engine.ExportItem{ID: in.ID, Format: domain.ExportFormat(in.Format)})
		}, func(_ *Reply, x engine.Export) File { return File{x.Name, x.MediaType, string(x.Body)} }),
	}
}

func (in editContent) edit() engine.EditItem {
	return engine.EditItem{
		ID: in.ID, Title: in.Title, Body: in.Body, MetaTitle: in.MetaTitle, MetaDescription: in.MetaDescription, Slug: in.Slug, Language: in.Language,
		Channel: in.Channel, Assignee: in.Assignee, Keywords: in.Keywords, PlannedAt: in.PlannedAt, ScheduledAt: in.ScheduledAt, Reason: in.Reason, Precondition: match(in.Conditional),
	}
}

func card(i domain.ContentItem) Resource[ContentAttributes] {
	return Resource[ContentAttributes]{
		Type: "content_item", ID: i.ID, Attributes: contentAttributes(i), Relationships: itemRelations(i),
		Links: &Links{Self: Base + "/content-workflow/content/" + number(i.ID)},
	}
}

func itemRelations(i domain.ContentItem) *Relationships {
	rel := Relationships{}
	if i.ExecutionID != 0 {
		rel.Execution = &ExecutionRef{ID: i.ExecutionID}
	}
	if i.BrandVoiceID != 0 {
		rel.BrandVoice = &VoiceRef{ID: i.BrandVoiceID}
	}
	if rel == (Relationships{}) {
		return nil
	}
	return &rel
}

func contentAttributes(i domain.ContentItem) ContentAttributes {
	scores := i.Scores
	if scores == nil {
		scores = map[string]float64{}
	}
	return ContentAttributes{
		Title: i.Title, ContentType: i.Type, Status: i.Status, Preview: i.Preview, WordCount: i.WordCount, Language: i.Language, Channel: some(i.Channel),
		MetaTitle: some(i.MetaTitle), MetaDescription: some(i.MetaDescription), Keywords: list(i.Keywords), Slug: i.Slug, Scores: scores, Engine: writer(i.Origin),
		NeedsInput: needs(i.NeedsInput), Version: i.Version, ApprovedVersion: some(i.ApprovedVersion), PublishedVersion: some(i.PublishedVersion),
		PlannedAt: instant(i.PlannedAt), ScheduledAt: instant(i.ScheduledAt), PublishedAt: instant(i.PublishedAt), Assignee: some(i.Assignee),
		CreatedAt: utc(i.CreatedAt), UpdatedAt: utc(i.UpdatedAt),
	}
}

func viewItem(r *Reply, d engine.ItemDetails) Resource[ContentDetailsAttributes] {
	r.Revision = number(d.Revision)
	short := card(d.ContentItem)
	rel := Relationships{}
	if short.Relationships != nil {
		rel = *short.Relationships
	}
	if d.Agent != nil {
		rel.Agent = agentRef(*d.Agent)
	}
	if d.Voice != nil {
		rel.BrandVoice = &VoiceRef{d.Voice.ID, d.Voice.Name}
	}
	if d.Execution != nil {
		rel.Execution = &ExecutionRef{d.Execution.ID, d.Execution.Capability}
	}
	return Resource[ContentDetailsAttributes]{
		Type: short.Type, ID: short.ID, Relationships: &rel, Links: short.Links,
		Attributes: ContentDetailsAttributes{
			ContentAttributes: short.Attributes, Body: d.Body, Findings: guardrails(d.Findings), Publications: each(d.Publications, publication),
			History: each(d.Moves, func(m domain.ItemMove) BoardMove {
				return BoardMove{m.From, m.To, m.Version, m.By, m.ByKind, utc(m.At)}
			}),
			Provenance: Object(d.Provenance),
		},
	}
}

func publication(p domain.Publication) Publication {
	return Publication{p.Version, p.Channel, p.Status, some(p.ExternalID), some(p.URL), some(p.Error), instant(p.At)}
}
