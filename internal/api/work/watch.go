package work

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

// WatchedEvent is the data of a durable event of an execution.
type WatchedEvent struct {
	Name        domain.EventName `json:"name"`
	At          time.Time        `json:"at"`
	ExecutionID int64            `json:"execution_id"`
	ContentID   *int64           `json:"content_id"`
	Actor       string           `json:"actor"`
	Payload     ops.Object       `json:"payload"`
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
	ops.Resumable
}

// updates are what happens to an execution.
type updates = iter.Seq2[work.Update, error]

var watchDocs = ops.StreamDocs{
	Description: "Server-Sent Events: status, step, guardrail and item carry a WatchedEvent and an id to resume after; " +
		"text carries a WatchedText; end carries a WatchEnd. Ends with exactly one data: [DONE].",
	Example: "event: text\ndata: {\"step\":\"outline\",\"offset\":0,\"text\":\"Start with\"}\n\n" +
		"event: end\ndata: {\"execution_id\":789,\"status\":\"completed\"}\n\ndata: [DONE]\n\n",
	Events: []ops.EventDoc{
		ops.EventOf[WatchedEvent]("status"),
		ops.EventOf[WatchedEvent]("step"),
		ops.EventOf[WatchedEvent]("guardrail"),
		ops.EventOf[WatchedEvent]("item"),
		ops.EventOf[WatchedText]("text"),
		ops.EventOf[WatchEnd]("end"),
	},
}

func watchRow(v *work.Verbs) ops.Op {
	return ops.NewStream(ops.Op{
		Name:  "watch_execution",
		Route: ops.Route{Method: http.MethodGet, Path: executions + "/{id}/events"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterExecutions,
			Summary: "Watch an execution",
			Description: "Server-Sent Events: status, step, guardrail and item with durable ids, resumable with " +
				"Last-Event-ID; text while a model writes, without ids; end, and then data: [DONE].",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: exampleID,
		},
		Tool: ops.Tool{
			None: "tools cannot stream; get_execution with wait does this, and execute_capability reports progress",
		},
		Command: ops.Command{Noun: "executions", Verb: "watch"},
	}, watchDocs, ops.Streaming[watchExecution, updates, struct{}, struct{}]{
		Begin: func(ctx context.Context, in watchExecution) (updates, error) {
			return v.WatchExecution(ctx, in.ID, in.LastEventID)
		},
		Events: func(ctx context.Context, in watchExecution, u updates) (iter.Seq2[sse.Event, error], error) {
			end := func() (domain.ExecutionStatus, error) {
				d, err := v.Execution(ctx, in.ID)
				return d.Status, err
			}
			return watched(ctx, in.ID, u, end), nil
		},
	})
}

// watched turns updates into events, with the end as the last one.
func watched(
	ctx context.Context, id int64, all updates, end func() (domain.ExecutionStatus, error),
) iter.Seq2[sse.Event, error] {
	return func(yield func(sse.Event, error) bool) {
		for u, err := range all {
			if err != nil {
				yield(sse.Event{}, err)
				return
			}
			if !yield(eventOf(u)) {
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		status, err := end()
		if err != nil {
			yield(sse.Event{}, err)
			return
		}
		yield(ops.Event("", "end", WatchEnd{id, status}))
	}
}

func eventOf(u work.Update) (sse.Event, error) {
	if u.Text != nil {
		return ops.Event("", "text", WatchedText{u.Text.Step, u.Text.Offset, u.Text.Text})
	}
	e := u.Event
	return ops.Event(e.ID, kindOf(e.Name), WatchedEvent{
		Name:        e.Name,
		At:          e.At.UTC(),
		ExecutionID: e.ExecutionID,
		ContentID:   wire.Optional(e.ContentID),
		Actor:       e.Actor,
		Payload:     payload(e.Payload),
	})
}

func payload(raw json.RawMessage) ops.Object {
	if string(raw) == "null" {
		return nil
	}
	return ops.Object(raw)
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
