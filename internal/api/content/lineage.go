package content

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
)

// Lineage is where an item came from, and what became of it.
type Lineage struct {
	ContentID    int64                       `json:"content_id"`
	Execution    ops.Maybe[LineageExecution] `json:"execution" doc:"What wrote it; null: nobody's execution, or one that was deleted"`
	MadeFrom     []Relative                  `json:"made_from" doc:"The items that it was made from"`
	MadeInto     []Relative                  `json:"made_into" doc:"The items that were made from it, newest first, at most 100"`
	Publications []Publication               `json:"publications"`
}

// LineageExecution is the execution that wrote an item.
type LineageExecution struct {
	ID         int64    `json:"id"`
	Capability string   `json:"capability"`
	Title      string   `json:"title"`
	Sources    []string `json:"sources" doc:"The sources in its settings"`
}

// Relative is an item that another one was made from, or that was made from it.
type Relative struct {
	ID      int64              `json:"id"`
	Title   *string            `json:"title" doc:"Null: deleted since"`
	Status  *domain.ItemStatus `json:"kanban_status" doc:"Null: deleted since"`
	Kind    domain.SourceKind  `json:"kind" doc:"copied: as a copy; read: by an execution that read it; redone: by a step that was run again"`
	Version int                `json:"version" doc:"The source's version at that moment"`
}

func lineageRows(v *content.Verbs) []ops.Op {
	return []ops.Op{ops.New(ops.Op{
		Name:  "get_content_lineage",
		Route: ops.Route{Method: http.MethodGet, Path: items + "/lineage"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Get where an item came from",
			Description: "Both ways: the execution and the items that it was made from, and the copies, items and " +
				"publications that were made from it.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: exampleID,
		},
		Tool:    ops.Tool{Set: "content"},
		Command: ops.Command{Noun: "content", Verb: "lineage"},
	}, func(ctx context.Context, in ContentID) (content.Lineage, error) {
		return v.Lineage(ctx, in.ID)
	}, func(_ *ops.Reply, l content.Lineage) Lineage { return lineage(l) }, content.Lineage{
		ContentID: sampleItem.ID,
		Execution: &domain.Execution{
			ID: sampleItem.ExecutionID, Capability: "generate-blog-post", Title: "Cloud cost optimization",
		},
		Sources: []string{"Price list of 1 October 2026"},
		Made: []domain.Relative{{
			ID: 102, Title: "Copy of " + sampleItem.Title, Status: domain.ItemGenerated, Kind: domain.SourceCopied, Version: 1,
		}},
	})}
}

func lineage(l content.Lineage) Lineage {
	out := Lineage{
		ContentID:    l.ContentID,
		MadeFrom:     wire.Each(l.From, relative),
		MadeInto:     wire.Each(l.Made, relative),
		Publications: wire.Each(l.Publications, publication),
	}
	if x := l.Execution; x != nil {
		out.Execution.Value = &LineageExecution{x.ID, x.Capability, x.Title, wire.List(l.Sources)}
	}
	return out
}

func relative(r domain.Relative) Relative {
	return Relative{r.ID, wire.Optional(r.Title), wire.Optional(r.Status), r.Kind, r.Version}
}
