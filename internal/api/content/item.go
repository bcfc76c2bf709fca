package content

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// ContentDetailsAttributes adds the text and everything around it to a content item.
type ContentDetailsAttributes struct {
	wire.ContentAttributes
	Body         string        `json:"body" doc:"The text in Markdown"`
	Images       []ItemImage   `json:"images" doc:"The cover and the inline images, in their order"`
	Findings     []ItemFinding `json:"findings" doc:"What guardrails found in the current version"`
	Publications []Publication `json:"publications"`
	History      []BoardMove   `json:"history" doc:"Its moves on the board and decisions about findings, with who and when"`
	Provenance   ops.Object    `json:"provenance" doc:"Where the text came from: engine, prompt templates, inputs"`
}

// BoardMove is one entry of an item's history.
type BoardMove struct {
	Kind    domain.HistoryKind `json:"kind" doc:"A move on the board, a decision about a finding, or not_moved: board rules left it, and the reason says why"`
	From    domain.ItemStatus  `json:"from"`
	To      domain.ItemStatus  `json:"to"`
	Version int                `json:"version"`
	By      string             `json:"by"`
	ByKind  domain.ActorKind   `json:"by_kind"`
	At      time.Time          `json:"at"`
	Finding *string            `json:"finding" doc:"Message of the finding that was decided about"`
	Reason  *string            `json:"reason" doc:"Why the finding was accepted, or the item moved or not; a line for each rule"`
}

// Version is one immutable state of an item's text.
type Version struct {
	N          int              `json:"n" doc:"Number, from 1"`
	Author     string           `json:"author"`
	AuthorKind domain.ActorKind `json:"author_kind"`
	Reason     string           `json:"reason"`
	CreatedAt  time.Time        `json:"created_at"`
	Title      string           `json:"title"`
	Body       string           `json:"body" doc:"Markdown"`

	MetaTitle       *string  `json:"meta_title" doc:"Null also in versions from before the fields below were kept"`
	MetaDescription *string  `json:"meta_description"`
	Keywords        []string `json:"keywords"`
	Slug            *string  `json:"slug"`
	Language        *string  `json:"language" doc:"BCP 47"`
	Channel         *string  `json:"channel"`

	Images []ItemImage `json:"images"`
}

// ContentID names a content item in the path.
type ContentID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The content item's id"`
}

type changeContent struct {
	ContentID
	ops.Conditional
}

// target is what the verb acts on.
func (in changeContent) target() verb.ID {
	return verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}}
}

type editContent struct {
	ContentID
	domain.ItemEdit
	Reason string `json:"reason,omitempty" limit:"reason" doc:"Why, for the list of versions"`
	ops.Conditional
}

type listVersions struct {
	ContentID
	ops.Paging
}

type restoreVersion struct {
	ContentID
	N int `json:"n" in:"path" minimum:"1" doc:"Number of the version to restore"`
	ops.Conditional
}

type exportContent struct {
	ContentID
	Format domain.ExportFormat `json:"format,omitempty" in:"query" default:"markdown" doc:"Format of the file"`
}

var (
	chapterContent = ops.Chapter{Name: "Content", Description: "The content items."}

	sampleItem    = sampleDetails()
	sampleVersion = domain.ContentVersion{
		ContentID:  sampleItem.ID,
		N:          1,
		AuthorKind: domain.ActorSystem,
		Author:     "Content Writer",
		Reason:     "Generated",
		Title:      sampleItem.Title,
		Body:       sampleItem.Body,
		CreatedAt:  wire.SampleTime(),
	}
	sampleExport = content.Export{
		Name:      "cloud-cost-optimization-guide.md",
		MediaType: "text/markdown; charset=utf-8",
		Body:      []byte(sampleItem.Body),
	}
	// exampleID is the input of the rows that act on one item.
	exampleID = map[string]any{"id": sampleItem.ID}
)

func sampleDetails() content.ItemDetails {
	item, agent, voice := wire.SampleItem(), wire.SampleAgent(), sampleBrandVoice
	item.Body = "# Cloud Cost Optimization Guide\n\nStart with what is idle."
	item.Findings = []domain.Finding{wire.SampleFinding()}
	item.Findings[0].ID = sampleFindingID
	return content.ItemDetails{
		ContentItem:  item,
		Agent:        &agent,
		BrandVoice:   &voice,
		Execution:    &domain.Execution{ID: item.ExecutionID, Capability: "generate-blog-post"},
		Provenance:   json.RawMessage(`{"engine":"model"}`),
		Publications: []domain.Publication{},
		Moves: []domain.ItemMove{{
			ContentID: item.ID,
			Kind:      domain.HistoryMoved,
			From:      domain.ItemGenerated,
			To:        domain.ItemReview,
			Version:   1,
			By:        "Content Writer",
			ByKind:    domain.ActorSystem,
			At:        wire.SampleTime(),
		}},
	}
}

const items = "/content-workflow/content/{id}"

func itemRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		getRow(v), editRow(v), deleteRow(v), approveRow(v), versionsRow(v), restoreRow(v), exportRow(v),
	}
}

func getRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_content_item",
		Route: ops.Route{Method: http.MethodGet, Path: items},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Get a content item",
			Description: "The text in Markdown, with findings, publications, history and where it came from.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     exampleID,
		},
		Tool:    ops.Tool{Set: "content", Listed: true, Whole: true},
		Command: ops.Command{Noun: "content", Verb: "get"},
	}, func(ctx context.Context, in ContentID) (content.ItemDetails, error) {
		return v.Item(ctx, in.ID)
	}, viewItem, sampleItem)
}

func editRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_content_item",
		Route: ops.Route{Method: http.MethodPatch, Path: items},
		Scope: domain.ScopeReview,
		ETag:  true,
		Further: wire.Further(func(in domain.ItemEdit, p *domain.Problems) {
			content.EditItem{ItemEdit: in}.Check(p)
		}),
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Edit a content item",
			Description: "Changes the fields that are given, creates a version and checks the text again. An approved item " +
				"that is not published goes back to review. Takes the scope content, and publish for scheduled_at.",
			Errors: []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{
				"id":     sampleItem.ID,
				"title":  "Cloud cost optimization in 2026",
				"reason": "Clearer title",
			},
		},
		Tool:    ops.Tool{Set: "content", Listed: true, Whole: true},
		Command: ops.Command{Noun: "content", Verb: "edit"},
	}, func(ctx context.Context, in editContent) (content.ItemDetails, error) {
		return v.EditItem(ctx, content.EditItem{
			ID:           in.ID,
			ItemEdit:     in.ItemEdit,
			Reason:       in.Reason,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewItem, sampleItem)
}

func deleteRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_content_item",
		Route: ops.Route{Method: http.MethodDelete, Path: items},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Delete a content item",
			Description: "Removes the item from the board and from the feeds.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     exampleID,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "delete"},
	}, func(ctx context.Context, in changeContent) error { return v.DeleteItem(ctx, in.target()) })
}

func approveRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "approve_content_item",
		Route:          ops.Route{Method: http.MethodPost, Path: items + "/approve"},
		Scope:          domain.ScopeReview,
		Hints:          ops.Hints{Idempotent: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Approve a content item",
			Description: "Approves the current version and moves the item to ready.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     exampleID,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "approve"},
	}, func(ctx context.Context, in changeContent) (content.ItemDetails, error) {
		return v.ApproveItem(ctx, in.target())
	}, viewItem, sampleItem)
}

func versionsRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_content_versions",
		Route: ops.Route{Method: http.MethodGet, Path: items + "/versions"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "List versions",
			Description: "Every version of the text, newest first.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     exampleID,
		},
		Tool: ops.Tool{Set: "content", Whole: true, Defaults: map[string]any{"per_page": 5}},
		Command: ops.Command{
			Noun:    "content",
			Verb:    "versions",
			Columns: []string{"n", "created_at", "author", "reason", "title"},
		},
	}, func(ctx context.Context, in listVersions) (domain.List[domain.ContentVersion], error) {
		return v.Versions(ctx, content.ListVersions{ID: in.ID, Page: wire.PageOf(in.Paging)})
	}, func(r *ops.Reply, l domain.List[domain.ContentVersion]) []Version {
		r.Total = l.Total
		return wire.Each(l.Items, version)
	}, domain.List[domain.ContentVersion]{Items: []domain.ContentVersion{sampleVersion}, Total: 1})
}

func restoreRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "restore_content_version",
		Route:          ops.Route{Method: http.MethodPost, Path: items + "/versions/{n}/restore"},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Restore a version",
			Description: "Creates a new version with the text of an old one.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"id": sampleItem.ID, "n": 1},
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "content", Verb: "restore"},
	}, func(ctx context.Context, in restoreVersion) (content.ItemDetails, error) {
		condition := verb.Precondition{IfMatch: in.Revisions()}
		return v.RestoreVersion(ctx, content.RestoreVersion{ID: in.ID, N: in.N, Precondition: condition})
	}, viewItem, sampleItem)
}

func exportRow(v *content.Verbs) ops.Op {
	return ops.NewFile(ops.Op{
		Name:  "export_content_item",
		Route: ops.Route{Method: http.MethodGet, Path: items + "/export"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterContent,
			Summary:     "Export a content item",
			Description: "The item as a file, with a machine-readable mark of whether an AI model wrote it.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Media:       []string{"text/markdown", "text/html", "application/json"},
			Example:     exampleID,
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "content", Verb: "export"},
	}, func(ctx context.Context, in exportContent) (content.Export, error) {
		return v.ExportItem(ctx, content.ExportItem{ID: in.ID, Format: in.Format})
	}, func(x content.Export) ops.File {
		return ops.File{Name: x.Name, MediaType: x.MediaType, Text: string(x.Body)}
	},
		sampleExport)
}

func viewItem(r *ops.Reply, d content.ItemDetails) wire.Resource[ContentDetailsAttributes] {
	r.Revision = wire.Number(d.Revision)
	short := wire.ItemOf(d.ContentItem)
	rel := wire.Relationships{}
	if short.Relationships != nil {
		rel = *short.Relationships
	}
	if d.Agent != nil {
		rel.Agent = wire.Agent(*d.Agent)
	}
	if d.BrandVoice != nil {
		rel.BrandVoice = &wire.BrandVoiceRef{ID: d.BrandVoice.ID, Name: d.BrandVoice.Name, Version: d.BrandVoiceN}
	}
	if d.Execution != nil {
		rel.Execution = &wire.ExecutionRef{ID: d.Execution.ID, Capability: d.Execution.Capability}
	}
	return wire.Resource[ContentDetailsAttributes]{
		Type:          short.Type,
		ID:            short.ID,
		Relationships: &rel,
		Links:         short.Links,
		Attributes: ContentDetailsAttributes{
			ContentAttributes: short.Attributes,
			Body:              d.Body,
			Images:            wire.Each(d.Images, itemImage),
			Findings:          wire.Each(d.Findings, finding),
			Publications:      wire.Each(d.Publications, publication),
			History:           wire.Each(d.Moves, move),
			Provenance:        ops.Object(d.Provenance),
		},
	}
}

func version(v domain.ContentVersion) Version {
	return Version{
		v.N, v.Author, v.AuthorKind, v.Reason, v.CreatedAt.UTC(), v.Title, v.Body,
		wire.Optional(v.MetaTitle), wire.Optional(v.MetaDescription), wire.List(v.Keywords), wire.Optional(v.Slug),
		wire.Optional(v.Language), wire.Optional(v.Channel),
		wire.Each(v.Images, itemImage),
	}
}

func move(m domain.ItemMove) BoardMove {
	return BoardMove{
		m.Kind, m.From, m.To, m.Version, m.By, m.ByKind, m.At.UTC(), wire.Optional(m.Finding), wire.Optional(m.Reason),
	}
}
