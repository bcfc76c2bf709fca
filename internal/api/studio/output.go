package studio

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
)

// OutputEntry is a generated text in a list.
type OutputEntry struct {
	MessageID int64             `json:"message_id"`
	Title     string            `json:"title"`
	Template  *string           `json:"template"     doc:"Slug of the template that it was written from; null for a free prompt"`
	Status    domain.TextStatus `json:"status"`
	Words     int               `json:"words"`
	Results   int               `json:"results"      doc:"How many there are"`
	Output    string            `json:"output"       doc:"The whole text"`
	Credits   int               `json:"credits_used"`
	Engine    wire.Origin       `json:"engine"`
	CreatedAt *time.Time        `json:"created_at"`
}

// SavedView is the content item that a result was saved as.
type SavedView struct {
	Status      string             `json:"status"       doc:"For people"`
	ContentID   int64              `json:"content_id"`
	Title       string             `json:"title"`
	ContentType domain.ContentType `json:"content_type"`
	Before      bool               `json:"saved_before" doc:"The result was this item already"`
}

type listOutputs struct {
	Search   string `json:"search,omitempty"   limit:"search" doc:"A part of the title, or of the template's"`
	Template string `json:"template,omitempty" limit:"filter" doc:"Slug: only texts from this template"`
	All      bool   `json:"all,omitempty"                     doc:"Texts of everybody in the workspace, not yours alone"`
	ops.Paging
}

type outputRef struct {
	MessageID int64 `json:"message_id" in:"path" minimum:"1" doc:"The text's id"`
}

type saveText struct {
	MessageID   int64              `json:"message_id"             minimum:"1"`
	Result      int                `json:"result,omitempty"       limit:"results" default:"1" doc:"Which of the results, from 1"`
	Response    string             `json:"response,omitempty"     limit:"response"            doc:"The text as you have changed it; by default as it was written"`
	Title       string             `json:"title,omitempty"        limit:"text_title"          doc:"By default the text's heading, or its title in lists"`
	ContentType domain.ContentType `json:"content_type,omitempty"                             doc:"By default that of the template"`
}

const outputsPath = writerPath + "/outputs"

func outputRows(v *studio.Verbs) []ops.Op {
	return []ops.Op{saveRow(v), listOutputsRow(v), stopOutputRow(v), deleteOutputRow(v)}
}

func saveRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "save_text",
		Route:          ops.Route{Method: http.MethodPost, Path: writerPath + "/generate/save"},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{Idempotent: true},
		IdempotencyKey: true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Save a generated text as a content item",
			Description: "Puts one result on the board, in the generated column, with what guardrails found and where it came " +
				"from. A result becomes one item: saving it again returns that item. Another response, title or type than it " +
				"was saved with is a conflict.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"message_id": sampleText.ID, "title": "Cloud cost optimization"},
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "text", Verb: "save"},
	}, func(ctx context.Context, in saveText) (studio.SavedText, error) {
		return v.SaveText(ctx, studio.SaveText{
			ID: in.MessageID, Result: in.Result, Response: in.Response, Title: in.Title, ContentType: in.ContentType,
		})
	}, func(_ *ops.Reply, s studio.SavedText) SavedView {
		return SavedView{"Data saved successfully.", s.ContentID, s.Title, s.Type, s.Before}
	}, studio.SavedText{ContentID: 101, Title: "Cloud cost optimization", Type: domain.ContentBlog})
}

func listOutputsRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_outputs",
		Route: ops.Route{Method: http.MethodGet, Path: outputsPath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "List generated texts",
			Description: "Your generated texts, newest first: those of the API key or person that asks.",
		},
		Tool: ops.Tool{Set: writerTools, Brief: []string{"message_id", "title", "template", "status", "words", "created_at"}},
		Command: ops.Command{
			Noun: "text", Verb: "list", Columns: []string{"message_id", "title", "template", "status", "words"},
		},
	}, func(ctx context.Context, in listOutputs) (domain.List[studio.GeneratedText], error) {
		return v.Outputs(ctx, studio.ListOutputs{
			Search: in.Search, Template: in.Template, All: in.All, Page: domain.Page{Number: in.Page, Size: in.PerPage},
		})
	}, func(r *ops.Reply, l domain.List[studio.GeneratedText]) []OutputEntry {
		r.Total = l.Total
		return wire.Each(l.Items, outputEntry)
	}, domain.List[studio.GeneratedText]{Items: []studio.GeneratedText{sampleText}, Total: 1})
}

func stopOutputRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "stop_output",
		Route: ops.Route{Method: http.MethodPost, Path: outputsPath + "/{message_id}/stop"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Stop writing a text",
			Description: "The text ends within two seconds with what has been written, which is charged. One that has ended " +
				"stays as it is.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"message_id": sampleText.ID},
		},
		Tool:    ops.Tool{Set: writerTools, Whole: true},
		Command: ops.Command{Noun: "text", Verb: "stop"},
	}, func(ctx context.Context, in outputRef) (studio.GeneratedText, error) {
		return v.StopOutput(ctx, in.MessageID)
	}, view, sampleText)
}

func deleteOutputRow(v *studio.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_output",
		Route: ops.Route{Method: http.MethodDelete, Path: outputsPath + "/{message_id}"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Delete a generated text",
			Description: "Content items that it was saved as stay. One that is being written cannot be deleted.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"message_id": sampleText.ID},
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "text", Verb: "delete"},
	}, func(ctx context.Context, in outputRef) error { return v.DeleteOutput(ctx, in.MessageID) })
}

func outputEntry(t studio.GeneratedText) OutputEntry {
	return OutputEntry{
		MessageID: t.ID, Title: t.Title, Template: wire.Optional(t.Template), Status: t.Status, Words: t.Words,
		Results: len(t.Results), Output: t.Text, Credits: t.Credits, Engine: wire.Origin(t.Origin),
		CreatedAt: wire.Time(t.CreatedAt),
	}
}
