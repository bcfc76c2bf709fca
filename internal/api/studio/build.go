package studio

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

// FillInput is what a text from a template is asked with.
type FillInput struct {
	PostType string     `json:"post_type" limit:"slug" doc:"Slug of the template, such as post_generator"`
	Fields   ops.Object `json:"fields,omitempty" open:"true" doc:"The values of the template's fields. They may stand beside the options, too"`
	WritingOptions
}

func (in FillInput) fill() studio.FillTemplate {
	return studio.FillTemplate{
		Template: in.PostType, Fields: json.RawMessage(in.Fields), GenerateOutput: in.output(),
	}
}

// furtherFaults finds what is wrong with the fields of a call whose options are refused.
func furtherFaults() func(map[string]any, *domain.Problems) {
	return wire.Further(func(in FillInput, p *domain.Problems) {
		fill := in.fill()
		fill.MaximumLength, fill.Results = 0, 0 // what is wrong with numbers is known
		studio.CheckFill(fill, p)
	})
}

type writeTemplate struct {
	FillInput
	ops.Resumable
}

// Built is a text that can be written. The names of its parts are those of the reference.
type Built struct {
	MessageID     int64    `json:"message_id"        doc:"POST it to /aiwriter/generate-output within 24 hours"`
	Creativity    *float64 `json:"creativity"        doc:"Null where it is left to the model"`
	MaximumLength int      `json:"maximum_length"    doc:"Words"`
	Results       int      `json:"number_of_results"`
	Prompt        string   `json:"inputPrompt"       doc:"What a model will be asked"`
	Workbook      Workbook `json:"workbook"`
}

// Workbook says what a text is called in lists.
type Workbook struct {
	ID       int64     `json:"id"`
	Title    string    `json:"title"`
	Template string    `json:"slug"`
	Expires  time.Time `json:"expires_at" doc:"It is removed then, unless it has been written"`
}

var exampleFill = map[string]any{
	"post_type": "faq_generator",
	"fields": map[string]any{
		"title": "Returns", "description": "How long do I have? 30 days.\nWho pays for the parcel? We do.",
	},
	"maximum_length": 300,
}

func buildRows(v *studio.Verbs) []ops.Op {
	return []ops.Op{buildRow(v), writeRow(texts{v}), rewriteRow(texts{v})}
}

func buildRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "build_text",
		Route:          ops.Route{Method: http.MethodPost, Path: writerPath + "/generate"},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		Forms:          true,
		Further:        furtherFaults(),
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Build a text from a template",
			Description: "Fills in a writer template and charges nothing. POST its message_id to /aiwriter/generate-output to " +
				"write it. The body may be a form.",
			Errors:  []domain.Code{domain.CodeUnavailable},
			Example: exampleFill,
		},
		Tool:    ops.Tool{Set: writerTools},
		Command: ops.Command{Noun: "text", Verb: "build"},
	}, func(ctx context.Context, in FillInput) (studio.BuiltText, error) {
		return v.BuildText(ctx, in.fill())
	}, func(_ *ops.Reply, b studio.BuiltText) Built {
		return Built{
			MessageID: b.ID, Creativity: b.Creativity, MaximumLength: b.MaximumLength, Results: b.Results, Prompt: b.Prompt,
			Workbook: Workbook{b.ID, b.Title, b.Template, b.Expires.UTC()},
		}
	}, studio.BuiltText{
		ID: 42, Template: "faq_generator", Title: "Returns", Prompt: "Write an FAQ with four to eight questions. …",
		GenerateOutput: studio.GenerateOutput{MaximumLength: 300, Results: 1},
		Expires:        wire.SampleTime().Add(domain.BuiltTextLife),
	})
}

// writeRow is the row that fills in a template and writes the text in one call.
func writeRow(t texts) ops.Op {
	return ops.NewStream(ops.Op{
		Name:           "write_text",
		Route:          ops.Route{Method: http.MethodPost, Path: writerPath + "/write"},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Forms:          true,
		Further:        furtherFaults(),
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Write a text from a template",
			Description: "Fills in a writer template and streams the text as it is written: build and stream in one call. " +
				"With Accept: application/json it is returned whole. A broken stream resumes at generate-output.",
			Errors:  []domain.Code{domain.CodeInsufficientCredits, domain.CodeProvider, domain.CodeUnavailable},
			Example: exampleFill,
		},
		Tool: ops.Tool{
			Set:         writerTools,
			Description: "Writes a text from a writer template and returns it whole. list_writer_templates has the templates.",
			Whole:       true,
		},
		Command: ops.Command{Noun: "text", Verb: "write"},
	}, streamDocs, ops.Streaming[writeTemplate, int64, studio.GeneratedText, Output]{
		Begin: func(ctx context.Context, in writeTemplate) (int64, error) {
			if id, _, err := position(in.Resumable, 0); id != 0 || err != nil {
				return id, err
			}
			return t.v.WriteText(ctx, in.fill())
		},
		Events: func(ctx context.Context, in writeTemplate, id int64) (iter.Seq2[sse.Event, error], error) {
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
