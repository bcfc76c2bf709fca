package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// Output is a generated text.
type Output struct {
	MessageID int64             `json:"message_id"`
	Status    domain.TextStatus `json:"status" enum:"streaming,completed,failed"`
	Text      string            `json:"text"`
	Words     int               `json:"words"`
	Credits   int               `json:"credits_used"`
	Engine    Origin            `json:"engine"`
	Cost      *Money            `json:"cost" doc:"Null where the model's price is not known"`
}

// written names a text that is being written, and where its reader is.
type written struct {
	ID    int64
	After int  // the last piece that the reader has
	Own   bool // this call began it: whoever may write may read what comes of it
}

type generateOutput struct {
	Prompt        string   `json:"prompt,omitempty" maxLength:"100000" doc:"What to write; required unless message_id is given"`
	MaximumLength int      `json:"maximum_length,omitempty" minimum:"1" maximum:"10000" default:"500" doc:"Longest length in words; each started 500 cost a credit"`
	Creativity    *float64 `json:"creativity,omitempty" minimum:"0" maximum:"1" doc:"From sober (0) to free (1)"`
	Language      string   `json:"language,omitempty" maxLength:"35" doc:"BCP 47, like en or de-AT"`
	Tone          string   `json:"tone_of_voice,omitempty" maxLength:"100" doc:"Like Professional or Friendly"`
	ToneCustom    string   `json:"tone_of_voice_custom,omitempty" maxLength:"500" doc:"A tone in your own words"`
	VoiceID       int64    `json:"brand_voice_id,omitempty" minimum:"1" doc:"Brand voice to write in"`
	Results       int      `json:"number_of_results,omitempty" minimum:"1" maximum:"5" default:"1" doc:"How many texts"`
	MessageID     int64    `json:"message_id,omitempty" minimum:"1" doc:"Stream this text again instead of writing one"`
	Resumable
}

// Resumable is embedded by inputs of streams that can be resumed.
type Resumable struct {
	LastEventID string `json:"last_event_id,omitempty" in:"header" header:"Last-Event-ID" doc:"Go on after this event"`
}

type readOutput struct {
	MessageID int64 `json:"message_id" in:"query" minimum:"1" doc:"The text's id, from X-Message-Id"`
	Resumable
}

func writerRows(e *engine.Engine) []Op {
	w := outputs{e}
	message := engine.GeneratedText{ID: 42, Status: "completed", Text: "# Cloud cost optimization\n\nStart with what is idle.", Words: 8, Credits: 1, Engine: sampleExecution.Origin, Cost: sampleExecution.Cost}
	post := op(Op{
		Name: "generate_output", Noun: "text", Verb: "generate", Method: http.MethodPost, Path: "/aiwriter/generate-output", Tag: "AI Writer",
		Summary: "Generate a text", Description: "Writes from a prompt. The text is streamed as it is written and ends with data: [DONE]; with Accept: application/json it comes whole. A broken stream goes on with Last-Event-ID.",
		Scope: domain.ScopeContent, OpenWorld: true, Claims: true, Toolset: "writer", Streams: "text",
		Errors:  []domain.Code{domain.CodeInsufficientCredits, domain.CodeNotFound, domain.CodeProvider, domain.CodeUnavailable},
		Example: map[string]any{"prompt": "Write a blog post outline about cloud cost optimization", "maximum_length": 500, "creativity": 0.7}, Result: message,
	}, w.generate, viewOutput)
	get := op(Op{
		Name: "get_output", Noun: "text", Verb: "get", Method: http.MethodGet, Path: "/aiwriter/generate-output", Tag: "AI Writer",
		Summary: "Get a generated text", Description: "The text as JSON once it is whole, or, with Accept: text/event-stream or Last-Event-ID, as a stream that goes on where it broke.",
		Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Toolset: "writer", Streams: "text",
		Errors: []domain.Code{domain.CodeNotFound, domain.CodeProvider}, Example: map[string]any{"message_id": 42}, Result: message,
	}, w.read, viewOutput)
	for _, o := range []*Op{&post, &get} {
		o.open, o.settle = w.stream, w.whole
	}
	return []Op{post, get}
}

// viewOutput is only used on whole texts: a settled result is a message.
func viewOutput(_ *Reply, r any) Output {
	m := r.(engine.GeneratedText)
	return Output{m.ID, m.Status, m.Text, m.Words, m.Credits, writer(m.Engine), money(m.Cost)}
}

// outputs are the verbs around generated texts.
type outputs struct{ e *engine.Engine }

// generate starts a text, or finds the one that is to be streamed again.
func (o outputs) generate(ctx context.Context, in generateOutput) (any, error) {
	if in.LastEventID != "" {
		return resume(in.LastEventID, in.MessageID)
	}
	if in.MessageID != 0 {
		return written{ID: in.MessageID}, nil
	}
	if strings.TrimSpace(in.Prompt) == "" {
		var p domain.Problems
		p.Required("prompt")
		return nil, p.Err()
	}
	id, err := o.e.GenerateOutput(ctx, engine.GenerateOutput{Prompt: in.Prompt, MaximumLength: in.MaximumLength, Creativity: in.Creativity, Language: in.Language,
		Tone: in.Tone, ToneCustom: in.ToneCustom, VoiceID: in.VoiceID, Results: in.Results})
	return written{ID: id, Own: true}, err
}

func (o outputs) read(_ context.Context, in readOutput) (any, error) {
	if in.LastEventID != "" {
		return resume(in.LastEventID, in.MessageID)
	}
	return written{ID: in.MessageID}, nil
}

// resume reads where a reader stopped: <message_id>-<seq>.
func resume(last string, id int64) (any, error) {
	message, seq, ok := strings.Cut(last, "-")
	m, err := strconv.ParseInt(message, 10, 64)
	n, err2 := strconv.Atoi(seq)
	if !ok || err != nil || err2 != nil || m < 1 || n < 0 || id != 0 && id != m {
		var p domain.Problems
		p.Add("Last-Event-ID", "The Last-Event-ID header must be the id of an event of this stream")
		return nil, p.Err()
	}
	return written{ID: m, After: n}, nil
}

// stream sends the pieces: those that are stored, then each as it comes.
func (o outputs) stream(ctx context.Context, _, result any) (player, error) {
	w := result.(written)
	if w.Own {
		ctx = reading(ctx)
	}
	pieces, err := o.e.ReadMessage(ctx, w.ID, w.After)
	if err != nil {
		return nil, err
	}
	prefix := number(w.ID) + "-"
	return func(s *stream) error {
		for piece, err := range pieces {
			if err != nil {
				return err
			}
			if !s.text(prefix+strconv.Itoa(piece.End()), piece.Text) {
				return nil
			}
		}
		return nil
	}, nil
}

// whole waits for the end of the text.
func (o outputs) whole(ctx context.Context, result any) (any, error) {
	w := result.(written)
	if w.Own {
		ctx = reading(ctx)
	}
	pieces, err := o.e.ReadMessage(ctx, w.ID, 0)
	if err != nil {
		return nil, err
	}
	for _, err := range pieces {
		if err != nil {
			return nil, err
		}
	}
	m, err := o.e.Message(ctx, w.ID)
	return m, err
}
