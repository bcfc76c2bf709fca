package execution

import (
	"context"
	"encoding/json"
	"net/http"

	"vellocity/internal/engine/work"
	"vellocity/internal/sse"
	"vellocity/internal/web/ui"
)

// outputOf returns what each step has written, where there are no items yet.
func outputOf(d work.ExecutionDetails, v view) (out []outputText) {
	for _, step := range v.Timeline.Steps {
		if step.Text != "" || v.Writes && step.Running {
			out = append(out, outputText{
				Key: step.Key, Name: step.Name, Text: step.Text, Live: !d.Status.Ended(), Stopped: step.Stopped,
			})
		}
	}
	return out
}

func (p page) eventsOf(ctx context.Context, id int64) ([]eventRow, error) {
	events, err := p.Engine.Work.ExecutionEvents(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []eventRow
	for _, ev := range events {
		rows = append(rows, eventRow{ev.At, string(ev.Name), ev.Actor, payloadOf(ev.Payload)})
	}
	return rows, nil
}

// payloadOf leaves out an empty payload.
func payloadOf(raw json.RawMessage) string {
	if s := string(raw); s != "null" && s != "{}" {
		return s
	}
	return ""
}

// piece is a piece of the text that a step writes, at an offset in code points.
type piece struct {
	Step   string `json:"step"`
	Offset int    `json:"offset"`
	Text   string `json:"text"`
}

// stream sends the text of an execution while it is being written.
func (p page) stream(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	ctx, cancel := p.Stream(r)
	defer cancel()
	seq, err := p.Engine.Work.WatchExecution(ctx, id, r.Header.Get("Last-Event-ID"))
	if err != nil {
		return err
	}
	out := sse.Start(r.Context(), w, sse.Options{})
	defer out.Close()
	for up, err := range seq {
		if err != nil {
			return nil // the page reads the status, and reconnects while the execution runs
		}
		if t := up.Text; t != nil && ui.Send(out, "", "text", piece{t.Step, t.Offset, t.Text}) != nil {
			return nil
		}
	}
	return nil
}
