package studio

import (
	"context"
	"iter"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

type rewritePassage struct {
	ID          int64                `json:"id" in:"path" minimum:"1" doc:"The content item's id"`
	Start       int                  `json:"start" minimum:"0" doc:"First Unicode code point of the passage in the item's Markdown, from 0"`
	End         int                  `json:"end" minimum:"1" doc:"First code point after the passage, which may have up to 10,000"`
	Version     int                  `json:"version,omitempty" minimum:"1" doc:"The item's version that they count in, its latest; required unless text is given"`
	Text        string               `json:"text,omitempty" limit:"response" doc:"The whole Markdown that they count in, where it was edited and is not saved"`
	Action      domain.RewriteAction `json:"action" doc:"What to do with the passage; without a model, only shorten"`
	Tone        string               `json:"tone,omitempty" limit:"tone" doc:"Like Professional or Friendly; required for the action tone"`
	Instruction string               `json:"instruction,omitempty" limit:"redo_instructions" doc:"What else you wish for, in your own words"`
	ops.Resumable
}

func (in rewritePassage) asked() studio.RewritePassage {
	return studio.RewritePassage{
		ContentID: in.ID, Passage: domain.Passage{Start: in.Start, End: in.End}, Version: in.Version, Text: in.Text,
		Action: in.Action, Tone: in.Tone, Instruction: in.Instruction,
	}
}

// rewriteRow is the row that suggests another wording for a passage of an item.
func rewriteRow(t texts) ops.Op {
	return ops.NewStream(ops.Op{
		Name:           "rewrite_passage",
		Route:          ops.Route{Method: http.MethodPost, Path: "/content-workflow/content/{id}/rewrite"},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Rewrite a passage of a content item",
			Description: "Streams a suggestion for a passage, in the item's language and brand voice. The item stays as it " +
				"is: put the text in the place of the passage and save it yourself. With Accept: application/json it is " +
				"returned whole, with what the guardrails found in it. A broken stream resumes at generate-output. White space " +
				"at the ends of the passage is not part of the suggestion.",
			Errors: []domain.Code{
				domain.CodeNotFound, domain.CodeConflict, domain.CodeInsufficientCredits, domain.CodeProvider,
				domain.CodeUnavailable,
			},
			Example: map[string]any{"id": 1, "start": 0, "end": 12, "version": 1, "action": "shorten"},
		},
		Tool: ops.Tool{
			Set:         writerTools,
			Description: "Suggests another wording for a passage of a content item and returns it. It does not change the item.",
			Whole:       true,
		},
		Command: ops.Command{Noun: "content", Verb: "rewrite"},
	}, streamDocs, ops.Streaming[rewritePassage, int64, studio.GeneratedText, Output]{
		Begin: func(ctx context.Context, in rewritePassage) (int64, error) {
			if id, _, err := position(in.Resumable, 0); id != 0 || err != nil {
				return id, err
			}
			return t.v.RewritePassage(ctx, in.asked())
		},
		Events: func(ctx context.Context, in rewritePassage, id int64) (iter.Seq2[sse.Event, error], error) {
			return t.events(ctx, id, in.Resumable)
		},
		Headers: headers,
		Whole:   t.whole,
		View:    view,
		Sample:  sampleText,
		Store:   func(id int64) domain.StoredAnswer { return domain.StoredAnswer{Status: http.StatusOK, Began: id} },
		Restore: func(a domain.StoredAnswer) int64 { return a.Began },
	})
}
