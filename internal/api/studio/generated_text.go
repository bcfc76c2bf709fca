package studio

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
	"vellocity/internal/text"
	"vellocity/internal/verb"
)

// Output is a generated text.
type Output struct {
	MessageID int64                 `json:"message_id"`
	Status    domain.TextStatus     `json:"status"`
	Text      string                `json:"text"`
	Words     int                   `json:"words"`
	Results   []OutputResult        `json:"results" doc:"Each text that was asked for, with what the guardrails found in it"`
	Credits   int                   `json:"credits_used"`
	Engine    wire.Origin           `json:"engine"`
	Cost      ops.Maybe[wire.Money] `json:"cost" doc:"Null where the model's price is not known"`
}

// OutputResult is one of the texts that were asked for.
type OutputResult struct {
	Text     string         `json:"text"`
	Start    int            `json:"start" doc:"Where it begins in the whole text, in Unicode code points"`
	End      int            `json:"end" doc:"Where it ends there"`
	Words    int            `json:"words"`
	Findings []wire.Finding `json:"guardrails_triggered" doc:"Their places count from the start of this result"`
}

// OutputEnd is the event after the last piece: the results, without their text, which the pieces have.
type OutputEnd struct {
	Results []OutputPart `json:"results"`
}

// OutputPart is one result within the text that was streamed.
type OutputPart struct {
	Start    int            `json:"start" doc:"Where it begins in the streamed text, in Unicode code points"`
	End      int            `json:"end" doc:"Where it ends there"`
	Words    int            `json:"words"`
	Findings []wire.Finding `json:"guardrails_triggered" doc:"Their places count from the start of this result"`
}

// WritingOptions are what every text can be asked with.
type WritingOptions struct {
	MaximumLength int      `json:"maximum_length,omitempty" limit:"words" doc:"Longest length in words, 500 by default; each started 500 cost a credit"`
	Creativity    *float64 `json:"creativity,omitempty" minimum:"0" maximum:"1" doc:"Sampling temperature: 0 = deterministic, 1 = most varied"`
	Language      string   `json:"language,omitempty" limit:"language" doc:"BCP 47, like en or de-AT, or a name, like German"`
	Tone          string   `json:"tone_of_voice,omitempty" limit:"tone" doc:"Like Professional or Friendly"`
	ToneCustom    string   `json:"tone_of_voice_custom,omitempty" limit:"tone_custom" doc:"A tone in your own words"`
	BrandVoiceID  int64    `json:"brand_voice_id,omitempty" minimum:"1" doc:"Brand voice to write in"`
	Results       int      `json:"number_of_results,omitempty" limit:"results" doc:"How many texts, each an entry of results, 1 by default; without a model, 1"`
}

func (in WritingOptions) output() studio.GenerateOutput {
	return studio.GenerateOutput{
		MaximumLength: in.MaximumLength, Creativity: in.Creativity, Language: in.Language, Tone: in.Tone,
		ToneCustom: in.ToneCustom, BrandVoiceID: in.BrandVoiceID, Results: in.Results,
	}
}

type generateOutput struct {
	Prompt string `json:"prompt,omitempty" limit:"prompt" doc:"What to write; required unless message_id is given"`
	WritingOptions
	MessageID int64 `json:"message_id,omitempty" minimum:"1" doc:"Write this text that was built, or stream one that has begun again"`
	ops.Resumable
}

type readOutput struct {
	MessageID int64 `json:"message_id" in:"query" minimum:"1" doc:"The text's id, from X-Message-Id"`
	ops.Resumable
}

const (
	writerPath = "/aiwriter"
	path       = writerPath + "/generate-output"
	// writerTools is the toolset of the writer.
	writerTools = "writer"
)

var (
	chapter = ops.Chapter{Name: "AI Writer", Description: "Texts from a free prompt or a template."}

	sampleText = studio.GeneratedText{
		ID:        42,
		Template:  "article_generator",
		Title:     "Cloud cost optimization",
		CreatedAt: wire.SampleTime(),
		Status:    domain.TextCompleted,
		Text:      "# Cloud cost optimization\n\nStart with what is idle.",
		Words:     8,
		Results: []studio.TextResult{{
			TextResult: domain.TextResult{End: 51, Findings: []domain.Finding{}},
			Text:       "# Cloud cost optimization\n\nStart with what is idle.",
			Words:      8,
		}},
		Credits: 1,
		Origin:  wire.SampleOrigin(),
		Cost:    wire.SampleCost(),
	}
	streamDocs = ops.StreamDocs{
		Description: "Server-Sent Events. Each event's data is a piece of the text itself, its id <message_id>-<offset>, " +
			"the offset being that of the piece's end in Unicode code points. After several results, event: results says " +
			"where each stands in the text and what the guardrails found in it; for one, read the text by its id. Secrets " +
			"and instructions to the model are replaced by [redacted] before they are sent. A failure is sent as " +
			"event: error. Ends with exactly one data: [DONE].",
		Example: "id: 42-12\ndata: # Cloud cost\n\nid: 42-25\ndata:  optimization\n\ndata: [DONE]\n\n",
		Events:  []ops.EventDoc{ops.EventOf[string]("message"), ops.EventOf[OutputEnd]("results")},
		Headers: []ops.HeaderDoc{{
			Name:        "X-Message-Id",
			Description: "Id of the text, to read or resume it later",
			Example:     "42",
		}},
	}
)

func textRows(v *studio.Verbs) []ops.Op {
	t := texts{v}
	return []ops.Op{
		ops.NewStream(ops.Op{
			Name:           "generate_output",
			Route:          ops.Route{Method: http.MethodPost, Path: path},
			Scope:          domain.ScopeContent,
			Hints:          ops.Hints{OpenWorld: true},
			IdempotencyKey: true,
			Further: wire.Further(func(in generateOutput, p *domain.Problems) {
				studio.GenerateOutput{Language: in.Language}.CheckLanguage(p)
			}),
			Docs: ops.Docs{
				Chapter: chapter,
				Summary: "Generate a text",
				Description: "Writes from a prompt, or the text of message_id that /aiwriter/generate has built. It is " +
					"streamed as it is written and ends with data: [DONE]; with Accept: application/json it is returned whole. " +
					"A broken stream resumes with Last-Event-ID.",
				Errors: []domain.Code{
					domain.CodeNotFound, domain.CodeInsufficientCredits, domain.CodeProvider, domain.CodeUnavailable,
				},
				Example: map[string]any{
					"prompt":         "Write a blog post outline about cloud cost optimization",
					"maximum_length": 500,
					"creativity":     0.7,
				},
			},
			Tool: ops.Tool{
				Set: writerTools,
				Description: "Writes a text from a prompt and returns it whole. For a post or a campaign on the board, use a " +
					"capability such as generate_blog_post.",
				Whole: true,
			},
			Command: ops.Command{Noun: "text", Verb: "generate"},
		}, streamDocs, ops.Streaming[generateOutput, int64, studio.GeneratedText, Output]{
			Begin: t.generate,
			Events: func(ctx context.Context, in generateOutput, id int64) (iter.Seq2[sse.Event, error], error) {
				return t.events(ctx, id, in.Resumable)
			},
			Headers: headers,
			Whole:   t.whole,
			View:    view,
			Sample:  sampleText,
			Store:   func(id int64) domain.StoredAnswer { return domain.StoredAnswer{Status: http.StatusOK, Began: id} },
			Restore: func(a domain.StoredAnswer) int64 { return a.Began },
		}),
		ops.NewStream(ops.Op{
			Name:  "get_output",
			Route: ops.Route{Method: http.MethodGet, Path: path},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter: chapter,
				Summary: "Get a generated text",
				Description: "The text as JSON once it is whole, or, with Accept: text/event-stream or Last-Event-ID, as a " +
					"stream that resumes where it broke.",
				Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodeProvider},
				Example: map[string]any{"message_id": sampleText.ID},
			},
			Tool: ops.Tool{
				Set:         writerTools,
				Description: "Returns a text that generate_output has written, by its message_id. Fails while it is being written.",
				Whole:       true,
			},
			Command: ops.Command{Noun: "text", Verb: "get"},
		}, streamDocs, ops.Streaming[readOutput, int64, studio.GeneratedText, Output]{
			Begin: func(_ context.Context, in readOutput) (int64, error) {
				id, _, err := position(in.Resumable, in.MessageID)
				return id, err
			},
			Events: func(ctx context.Context, in readOutput, id int64) (iter.Seq2[sse.Event, error], error) {
				return t.events(ctx, id, in.Resumable)
			},
			Headers: headers,
			Whole:   t.whole,
			View:    view,
			Sample:  sampleText,
		}),
	}
}

func headers(id int64) map[string]string { return map[string]string{"X-Message-Id": wire.Number(id)} }

func view(_ *ops.Reply, t studio.GeneratedText) Output {
	return Output{
		MessageID: t.ID,
		Status:    t.Status,
		Text:      t.Text,
		Words:     t.Words,
		Results:   wire.Each(t.Results, viewResult),
		Credits:   t.Credits,
		Engine:    wire.Origin(t.Origin),
		Cost:      wire.Cost(t.Cost),
	}
}

func viewResult(r studio.TextResult) OutputResult {
	return OutputResult{Text: r.Text, Start: r.Start, End: r.End, Words: r.Words, Findings: wire.Findings(r.Findings)}
}

func viewPart(r studio.TextResult) OutputPart {
	return OutputPart{Start: r.Start, End: r.End, Words: r.Words, Findings: wire.Findings(r.Findings)}
}

// texts are the verbs around generated texts.
type texts struct{ v *studio.Verbs }

// generate starts a text and returns its id, or that of the one to be streamed again.
func (t texts) generate(ctx context.Context, in generateOutput) (int64, error) {
	id, _, err := position(in.Resumable, in.MessageID)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		out := in.output()
		out.Prompt = in.Prompt
		return t.v.GenerateOutput(ctx, out)
	}
	if in.MessageID != 0 {
		if err := in.alone(); err != nil {
			return 0, err
		}
	}
	return t.v.BeginText(ctx, studio.BeginText{
		ID: id, MaximumLength: in.MaximumLength, Results: in.Results, Creativity: in.Creativity,
	})
}

// alone returns the faults of a call that names a text and says what only a new one can be asked with: it has been
// built, or written, from something else.
func (in generateOutput) alone() error {
	var p domain.Problems
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"prompt", in.Prompt != ""},
		{"language", in.Language != ""},
		{"tone_of_voice", in.Tone != ""},
		{"tone_of_voice_custom", in.ToneCustom != ""},
		{"brand_voice_id", in.BrandVoiceID != 0},
	} {
		if f.given {
			p.Conflict(f.name)
		}
	}
	return p.Err()
}

// position returns the text that a caller resumes and how far it has it already, in
// code points, from a Last-Event-ID <message_id>-<offset>; else the text it names.
func position(r ops.Resumable, messageID int64) (id int64, after int, err error) {
	if r.LastEventID == "" {
		return messageID, 0, nil
	}
	message, offset, ok := strings.Cut(r.LastEventID, "-")
	id, err = strconv.ParseInt(message, 10, 64)
	after, err2 := strconv.Atoi(offset)
	if !ok || err != nil || err2 != nil || id < 1 || after < 0 || messageID != 0 && messageID != id {
		return 0, 0, verb.UnknownEvent()
	}
	return id, after, nil
}

// events are the pieces of a text: those that are stored, then each as it comes.
func (t texts) events(ctx context.Context, id int64, r ops.Resumable) (iter.Seq2[sse.Event, error], error) {
	_, after, err := position(r, id)
	if err != nil {
		return nil, err
	}
	pieces, err := t.v.ReadGeneratedText(ctx, id, after)
	if err != nil {
		return nil, err
	}
	return func(yield func(sse.Event, error) bool) {
		for piece, err := range pieces {
			for _, part := range apart(piece) {
				e := sse.Event{ID: wire.Number(id) + "-" + strconv.Itoa(part.End()), Data: part.Text}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
		if ctx.Err() != nil {
			return
		}
		if e, several, err := t.results(ctx, id); several || err != nil {
			yield(e, err)
		}
	}, nil
}

// results is the event after the last piece of several results. One result has none,
// since many clients take the data of every event for text.
func (t texts) results(ctx context.Context, id int64) (e sse.Event, several bool, err error) {
	m, err := t.v.GeneratedText(ctx, id)
	if err != nil || len(m.Results) < 2 {
		return e, false, err
	}
	data, err := json.Marshal(OutputEnd{wire.Each(m.Results, viewPart)})
	return sse.Event{Name: "results", Data: string(data)}, true, err
}

// apart cuts a piece in two that would be read as the end of the stream.
func apart(p text.Piece) []text.Piece {
	if p.Text != sse.Done {
		return []text.Piece{p}
	}
	before := p
	before.Text = p.Text[:1]
	return []text.Piece{before, p.After(before.End())}
}

// whole waits for the end of the text.
func (t texts) whole(ctx context.Context, id int64) (studio.GeneratedText, error) {
	return t.v.WaitGeneratedText(ctx, id)
}
