package api

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// WatchedEvent is the data of a durable event of a run.
type WatchedEvent struct {
	Name        domain.EventName `json:"name"`
	At          time.Time        `json:"at"`
	ExecutionID int64            `json:"execution_id"`
	ContentID   *int64           `json:"content_id"`
	Actor       string           `json:"actor"`
	Payload     Object           `json:"payload"`
}

// WatchedText is the data of a text event: a piece of what a step writes.
type WatchedText struct {
	Step   string `json:"step"`
	Offset int    `json:"offset" doc:"In Unicode code points; 0 means that the step's text starts again"`
	Text   string `json:"text"`
}

// WatchEnd is the data of the last event.
type WatchEnd struct {
	ExecutionID int64                  `json:"execution_id"`
	Status      domain.ExecutionStatus `json:"status" enum:"completed,failed,cancelled,archived"`
}

type watchExecution struct {
	ExecutionID
	Resumable
}

type watched = iter.Seq2[engine.Update, error]

func watchRow(e *engine.Engine) Op {
	o := op(Op{
		Name: "watch_execution", Noun: "executions", Verb: "watch", Method: http.MethodGet, Path: "/content-workflow/executions/{id}/events", Tag: "Executions",
		Summary:     "Watch an execution",
		Description: "Server-Sent Events: status, step, guardrail and item with durable ids, resumable with Last-Event-ID; text while a model writes, without ids; end, and then data: [DONE].",
		Scope:       domain.ScopeRead, ReadOnly: true, Repeatable: true, Streams: "events", Errors: []domain.Code{domain.CodeNotFound},
		NoTool: "tools cannot stream; get_execution with wait does this, and execute_capability reports progress",
	}, func(ctx context.Context, in watchExecution) (watched, error) {
		return e.WatchExecution(ctx, in.ID, in.LastEventID)
	}, func(*Reply, watched) none { return none{} })
	o.open = func(ctx context.Context, in, result any) (player, error) {
		return func(s *stream) error {
			return follow(ctx, e, s, in.(*watchExecution).ID, result.(watched))
		}, nil
	}
	return o
}

func follow(ctx context.Context, e *engine.Engine, s *stream, id int64, updates watched) error {
	for u, err := range updates {
		if err != nil {
			return err
		}
		if !tellUpdate(s, u) {
			return nil
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	d, err := e.Execution(ctx, id)
	if err != nil {
		return err
	}
	s.tell("", "end", WatchEnd{id, d.Status})
	return nil
}

func tellUpdate(s *stream, u engine.Update) bool {
	if u.Text != nil {
		return s.tell("", "text", WatchedText{u.Text.Step, u.Text.Offset, u.Text.Text})
	}
	ev := u.Event
	return s.tell(ev.ID, kindOf(ev.Name), WatchedEvent{ev.Name, utc(ev.At), ev.ExecutionID, some(ev.ContentID), ev.Actor, Object(payload(ev.Payload))})
}

func payload(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// kindOf is the SSE event name of a logged event.
func kindOf(name domain.EventName) string {
	switch {
	case name == domain.EventExecutionStep:
		return "step"
	case name == domain.EventExecutionGuardrail:
		return "guardrail"
	case strings.HasPrefix(string(name), "content."):
		return "item"
	}
	return "status"
}
