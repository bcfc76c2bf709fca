package writetext

import (
	"context"
	"html/template"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/web/ui"
)

// textView is a text as the page shows it.
type textView struct {
	ID      int64
	Running bool
	Failed  string // why there is no whole text
	Note    string // why it ends where it does
	SoFar   string // while it is written
	Words   int
	By      string // what wrote it
	Credits int
	Results []resultView
}

// resultView is one of the texts that were asked for.
type resultView struct {
	N        int // from 1
	Several  bool
	Body     template.HTML
	Raw      string // to copy
	Words    int
	Findings []ui.FindingView
	Saved    int64 // the content item that it is; 0: none
}

func (p page) textOf(ctx context.Context, m studio.GeneratedText) (*textView, error) {
	out := &textView{
		ID: m.ID, Running: m.Status == domain.TextStreaming, Words: m.Words, By: ui.OriginLabel(m.Origin),
		Credits: m.Credits,
	}
	if out.Running {
		out.SoFar = m.Text
		return out, nil
	}
	if m.Status == domain.TextFailed {
		out.Failed = m.Error
	} else {
		out.Note = m.Error
	}
	saved, err := p.Engine.Studio.Saved(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	seen := 0 // findings of the results before: their numbers go on
	for i, r := range m.Results {
		if r.Text == "" {
			continue
		}
		found := append(make([]domain.Finding, seen), r.Findings...)
		out.Results = append(out.Results, resultView{
			N: i + 1, Several: len(m.Results) > 1, Raw: r.Text, Words: r.Words, Saved: saved[i+1],
			Body:     ui.Marked(r.Text, found, p.Engine.Content.PreviewMarkdown),
			Findings: ui.FindingViews(found)[seen:],
		})
		seen = len(found)
	}
	return out, nil
}
