package content

import (
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/web/ui"
)

func (p page) rewriteRoutes() []ui.Route {
	return []ui.Route{
		{Pattern: "POST /content/{id}/rewrite", Handle: p.rewrite},
		{Pattern: "POST /content/{id}/rewrite/{text}", Handle: p.suggestion},
	}
}

// begun names the suggestion that is being written.
type begun struct {
	ID int64 `json:"id"`
}

// rewrite begins to write a suggestion for a passage of the text as it is in the editor. Only the script asks.
func (p page) rewrite(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	start, _ := strconv.Atoi(r.PostForm.Get("start")) // no number: an empty passage, which is refused
	end, _ := strconv.Atoi(r.PostForm.Get("end"))
	text, err := p.Engine.Studio.RewritePassage(r.Context(), studio.RewritePassage{
		ContentID: id, Passage: domain.Passage{Start: start, End: end}, Text: r.PostForm.Get("body"),
		Action: domain.RewriteAction(r.PostForm.Get("action")), Tone: r.PostForm.Get("tone"),
	})
	if err != nil {
		return p.Refuse(w, r, ui.ItemPath(id)+"?view=edit", err)
	}
	ui.WriteJSON(w, http.StatusOK, begun{text})
	return nil
}

// suggestionView is a suggestion that has ended, beside the passage that it is for.
type suggestionView struct {
	Text     string // what may take the passage's place; "": nothing
	Failed   string // why there is no whole suggestion
	Note     string // why it ends where it does
	Diff     []ui.DiffPart
	Words    int
	Credits  int
	Findings []ui.FindingView
}

// suggestion compares a suggestion that has ended with its passage, and shows what the guardrails found in it.
func (p page) suggestion(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("text"), 10, 64)
	if err != nil {
		return domain.NotFound("Message")
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	m, err := p.Engine.Studio.GeneratedText(r.Context(), id)
	if err != nil {
		return err
	}
	before := r.PostForm.Get("passage")
	v := suggestionView{Text: strings.TrimSpace(m.Text), Words: m.Words, Credits: m.Credits}
	switch m.Status {
	case domain.TextFailed:
		v.Failed, v.Text = m.Error, "" // a part of a sentence is no suggestion
	case domain.TextStreaming, domain.TextBuilt:
		return domain.Errorf(domain.CodeConflict, "The suggestion is still being written. Try again in a moment.")
	case domain.TextCompleted:
		v.Note = m.Error
		v.Diff = ui.WordDiff(before, v.Text)
	}
	if v.Text != "" && len(m.Results) > 0 {
		v.Findings = ui.FindingViews(m.Results[0].Findings)
	}
	return p.RenderPart(w, http.StatusOK, "content", "suggestion", v)
}
