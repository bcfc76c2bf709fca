package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// SourceEntry is a source in a list.
type SourceEntry struct {
	ID          int64              `json:"id"`
	Kind        domain.LibraryKind `json:"kind"         doc:"Where it came from. The entries of a feed are of the kind url"`
	Title       string             `json:"title"`
	Origin      string             `json:"origin"       doc:"The address or file name that it came from; empty for a paste"`
	Language    string             `json:"language"     doc:"BCP 47; empty where it is not known"`
	Words       int                `json:"words"`
	FeedID      *int64             `json:"feed_id"      doc:"The feed that it is an entry of"`
	Error       string             `json:"error"        doc:"Why it could not be refreshed the last time; empty where it could"`
	Revision    int                `json:"revision"     doc:"Raised with each change"`
	CreatedAt   time.Time          `json:"created_at"`
	UpdatedAt   time.Time          `json:"updated_at"`
	RefreshedAt *time.Time         `json:"refreshed_at" doc:"When its address was last read"`
}

// SourceView is a source whole.
type SourceView struct {
	SourceEntry
	Body string `json:"body" doc:"Its text in Markdown"`
}

type listSources struct {
	Text   string             `json:"q,omitempty"       limit:"search" doc:"Only sources with all these words in the title or the origin. GET /search looks into the texts"`
	Kind   domain.LibraryKind `json:"kind,omitempty"                   doc:"Only this kind"`
	FeedID int64              `json:"feed_id,omitempty"                doc:"Only the entries of this feed"                                                            minimum:"1"`
	ops.Paging
}

type sourceFile struct {
	Name string     `json:"name" doc:"With its ending: .md, .txt, .html, .docx or .pdf"`
	Data ops.Upload `json:"data" doc:"Its bytes, in base64"`
}

type createSource struct {
	Title    string      `json:"title,omitempty"    limit:"source_title" doc:"By default the document's own"`
	Language string      `json:"language,omitempty" limit:"language"     doc:"BCP 47; by default it is detected"`
	Text     string      `json:"text,omitempty"     limit:"source_text"  doc:"A text in Markdown"`
	URL      string      `json:"url,omitempty"      limit:"source_url"   doc:"The address of a page or a feed"`
	File     *sourceFile `json:"file,omitempty"                          doc:"A file. In multipart/form-data it is the part file, of up to 20 MiB"`
}

// SourceRef names a source in the path.
type SourceRef struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The source's id"`
}

type editSource struct {
	SourceRef
	Title    *string `json:"title,omitempty"    limit:"title"`
	Language *string `json:"language,omitempty" limit:"language"    doc:"BCP 47; empty: it is detected"`
	Text     *string `json:"text,omitempty"     limit:"source_text" doc:"The whole text in Markdown"`
	ops.Conditional
}

type changeSource struct {
	SourceRef
	ops.Conditional
}

func (in changeSource) target() verb.ID {
	return verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}}
}

var chapterSources = ops.Chapter{
	Name: "Sources",
	Description: "Texts that the company knows: pasted, from a file, an address or a feed. They are found by search and " +
		"never published.",
}

var sampleSource = domain.Source{
	ID: 7, Kind: domain.SourcePaste, Title: "Returns", Language: "en", Body: "Refunds take five days.", Words: 4,
	Revision: 1, CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
}

const sourcePath = "/sources"

var exampleSource = map[string]any{"id": sampleSource.ID}

func sourceRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		listSourcesRow(v), createSourceRow(v), getSourceRow(v), editSourceRow(v), refreshSourceRow(v), deleteSourceRow(v),
	}
}

func listSourcesRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_sources",
		Route: ops.Route{Method: http.MethodGet, Path: sourcePath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterSources, Summary: "List sources", Description: "Newest first, without their texts.",
			Example: map[string]any{"q": "returns", "kind": "paste"},
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "sources", Verb: "list", Columns: []string{"id", "kind", "title", "words", "updated_at"}},
	}, func(ctx context.Context, in listSources) (domain.List[domain.Source], error) {
		return v.Sources(ctx, content.ListSources{
			Text: in.Text, Kind: in.Kind, FeedID: in.FeedID, Page: wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[domain.Source]) []SourceEntry {
		r.Total = l.Total
		return wire.Each(l.Items, sourceEntry)
	}, domain.List[domain.Source]{Items: []domain.Source{sampleSource}, Total: 1})
}

func createSourceRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_source",
		Route:          ops.Route{Method: http.MethodPost, Path: sourcePath, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		ETag:           true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapterSources, Summary: "Create a source",
			Description: "Give exactly one of text, url and file. A page becomes its article in Markdown. A feed becomes a " +
				"source, and each of its 20 newest entries one too. Addresses in private networks are refused.",
			Errors:  []domain.Code{domain.CodeConflict},
			Example: map[string]any{"title": sampleSource.Title, "text": sampleSource.Body},
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "sources", Verb: "create"},
	}, func(ctx context.Context, in createSource) (domain.Source, error) {
		c := content.CreateSource{Title: in.Title, Language: in.Language, Text: in.Text, URL: in.URL}
		if in.File != nil {
			c.File = &content.SourceFile{Name: in.File.Name, Data: in.File.Data}
		}
		return v.CreateSource(ctx, c)
	}, func(r *ops.Reply, s domain.Source) SourceView {
		r.Location = wire.Path(sourcePath, s.ID)
		return viewSource(r, s)
	}, sampleSource)
}

func getSourceRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_source",
		Route: ops.Route{Method: http.MethodGet, Path: sourcePath + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterSources, Summary: "Get a source", Description: "A source with its text.",
			Errors: []domain.Code{domain.CodeNotFound}, Example: exampleSource,
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "sources", Verb: "get"},
	}, func(ctx context.Context, in SourceRef) (domain.Source, error) {
		return v.Source(ctx, in.ID)
	}, viewSource, sampleSource)
}

func editSourceRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "edit_source",
		Route:          ops.Route{Method: http.MethodPatch, Path: sourcePath + "/{id}"},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterSources, Summary: "Change a source", Description: "Changes the fields that are given.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleSource.ID, "title": sampleSource.Title},
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "sources", Verb: "edit"},
	}, func(ctx context.Context, in editSource) (domain.Source, error) {
		return v.EditSource(ctx, content.EditSource{
			ID: in.ID, Title: in.Title, Text: in.Text, Language: in.Language,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewSource, sampleSource)
}

func refreshSourceRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "refresh_source",
		Route:          ops.Route{Method: http.MethodPost, Path: sourcePath + "/{id}/refresh"},
		Scope:          domain.ScopeWrite,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterSources, Summary: "Refresh a source",
			Description: "Reads its address again. New entries of a feed become sources. Where the address cannot be read, " +
				"the text stays and error says why.",
			Errors: []domain.Code{domain.CodeNotFound, domain.CodeConflict}, Example: exampleSource,
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "sources", Verb: "refresh"},
	}, func(ctx context.Context, in changeSource) (domain.Source, error) {
		return v.RefreshSource(ctx, in.target())
	}, viewSource, sampleSource)
}

func deleteSourceRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_source",
		Route: ops.Route{Method: http.MethodDelete, Path: sourcePath + "/{id}", Status: http.StatusNoContent},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterSources, Summary: "Delete a source", Description: "With a feed, its entries are deleted too.",
			Errors: []domain.Code{domain.CodeNotFound}, Example: exampleSource,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "sources", Verb: "delete"},
	}, func(ctx context.Context, in changeSource) error { return v.DeleteSource(ctx, in.target()) })
}

func sourceEntry(s domain.Source) SourceEntry {
	return SourceEntry{
		ID: s.ID, Kind: s.Kind, Title: s.Title, Origin: s.Origin, Language: s.Language, Words: s.Words,
		FeedID: wire.Optional(s.FeedID), Error: s.Error, Revision: s.Revision, CreatedAt: s.CreatedAt,
		UpdatedAt: s.UpdatedAt, RefreshedAt: wire.Time(s.RefreshedAt),
	}
}

func viewSource(r *ops.Reply, s domain.Source) SourceView {
	r.Revision = wire.Number(int64(s.Revision))
	return SourceView{sourceEntry(s), s.Body}
}
