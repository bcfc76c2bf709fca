// Package execution is the page of one execution: its facts, its plan as a
// waterfall, and what it wrote.
package execution

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.js *.css
var files embed.FS

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "execution",
		Files: files,
		Routes: []ui.Route{
			{Pattern: "GET /executions/{id}", Handle: p.show},
			{Pattern: "GET /executions/{id}/stream", Handle: p.stream},
			{Pattern: "POST /executions/{id}/cancel", Handle: p.cancel},
			{Pattern: "POST /executions/{id}/retry", Handle: p.retry},
			{Pattern: "POST /executions/{id}/redo", Handle: p.redo},
			{Pattern: "POST /executions/{id}/archive", Handle: p.archive},
		},
	}
}

var tabs = []string{"output", "comparison", "plan", "input", "guardrails", "events"}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	d, err := p.Engine.Work.Execution(ctx, id)
	if err != nil {
		return err
	}
	sh, err := p.Shell(w, r, "/executions", ui.TitleOf(d.Title, d.ID))
	if err != nil {
		return err
	}
	attempts, err := p.Engine.Work.Attempts(ctx, id)
	if err != nil {
		return err
	}
	v := view{
		Shell:     sh,
		Execution: factsOf(d, p.Now()),
		Timeline:  timelineOf(d.Execution, d.Steps, attempts, p.Now()),
		Needs:     d.NeedsInput,
		Findings:  ui.FindingViews(d.Findings),
		Tab:       readTab(r),
		Curl:      p.Origin(r) + "/api/v1/content-workflow" + ui.ExecutionPath(id),
	}
	for _, step := range v.Timeline.Steps {
		if step.Key == d.CurrentStep {
			v.Execution.Step = step.Name
		}
	}
	fillRedos(&v.Timeline, d)
	v.Tabs = v.tabs()
	if err := p.fillWritten(ctx, &v, d); err != nil {
		return err
	}
	if err := p.fillSubject(ctx, &v, d); err != nil {
		return err
	}
	if !v.Execution.Ended {
		v.Refresh = 5
	}
	v.Title, v.Icon = v.Execution.TabTitle, v.Execution.TabIcon
	if err := p.fillTab(ctx, &v, d); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "execution", v)
}

// fillWritten reads what the execution wrote: the first version of each of its items, or the one that a redo
// wrote, whatever has become of them since.
func (p page) fillWritten(ctx context.Context, v *view, d work.ExecutionDetails) error {
	for _, item := range d.Items {
		n := writtenVersion(d, item.ID)
		first, err := p.Engine.Content.Version(ctx, item.ID, n)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue // the item has been deleted
		}
		if err != nil {
			return err
		}
		card := ui.CardOf(item, v.Workspace.Location())
		card.Title, card.Words = ui.TitleOf(first.Title, item.ID), ui.Words(first.Body)
		v.Cards = append(v.Cards, card)
		v.Output = append(v.Output, outputText{
			Key:      "item-" + strconv.FormatInt(item.ID, 10),
			Name:     card.Title,
			ItemID:   item.ID,
			HTML:     template.HTML(p.Engine.Content.PreviewMarkdown(first.Body)), //nolint:gosec // sanitised there
			Language: item.Language,
			Now:      item.Version,
			Version:  n,
		})
	}
	return nil
}

// fillSubject distinguishes an execution that writes from one that looks at an item,
// and shows that item.
func (p page) fillSubject(ctx context.Context, v *view, d work.ExecutionDetails) error {
	v.Writes = true
	c, err := p.Engine.Work.Capability(ctx, d.Capability)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil // it has been removed
	}
	if err != nil {
		return err
	}
	v.outputs = c.Outputs
	v.Writes = c.Category == domain.CategoryGeneration
	asked := slices.ContainsFunc(d.Steps, func(r domain.StepResult) bool { return r.Model != "" })
	if v.Writes || asked {
		return nil
	}
	v.Execution.Origin, v.Execution.AI, v.Execution.Cost = ui.RulesNote, false, "$0"
	var on struct {
		ContentID int64 `json:"content_id"`
	}
	if err := json.Unmarshal(d.Settings, &on); err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	if len(v.Cards) > 0 || on.ContentID == 0 {
		return nil
	}
	item, err := p.Engine.Content.Item(ctx, on.ContentID)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil // it has been deleted
	}
	v.Cards = append(v.Cards, ui.CardOf(item.ContentItem, v.Workspace.Location()))
	v.Execution.ItemID = on.ContentID
	return err
}

// fillTab gathers what only the open tab shows.
func (p page) fillTab(ctx context.Context, v *view, d work.ExecutionDetails) error {
	var err error
	switch v.Tab {
	case "output":
		if len(v.Output) == 0 {
			v.Output = outputOf(d, *v)
		}
		if len(d.Items) == 0 && !v.Writes {
			v.Results = resultsOf(v.Timeline.Steps, v.outputs)
		}
	case "comparison":
		err = p.fillChanges(ctx, v, d)
	case "input":
		v.Input, v.Context = ui.PrettyJSON(d.Settings), ui.PrettyJSON(d.Context)
	case "events":
		v.Events, err = p.eventsOf(ctx, d.ID)
	}
	return err
}

func (v view) tabs() []ui.Tab {
	counts := map[string]int{"plan": len(v.Timeline.Steps), "guardrails": len(v.Findings)}
	var list []ui.Tab
	for _, name := range tabs {
		if name == "comparison" && v.Execution.Redo.Of == 0 {
			continue
		}
		t := ui.Tab{Label: ui.Human(name), Href: ui.ExecutionPath(v.Execution.ID), On: name == v.Tab}
		if name != tabs[0] {
			t.Href += "?tab=" + name
		}
		t.Count, t.Counted = counts[name]
		list = append(list, t)
	}
	return list
}

// readTab returns the tab that the address names, the first by default.
func readTab(r *http.Request) string {
	if tab := r.URL.Query().Get("tab"); slices.Contains(tabs, tab) {
		return tab
	}
	return tabs[0]
}

func factsOf(d work.ExecutionDetails, now time.Time) facts {
	f := facts{
		ExecutionRow: ui.RowOf(d.ExecutionRow, now),
		Origin:       originOf(d),
		AI:           d.Origin.AI,
		Held:         d.CreditsHeld,
		Limit:        d.MaxCredits,
		Cost:         ui.Money(d.Cost, d.Origin),
		Started:      d.StartedAt,
		Completed:    d.CompletedAt,
		RetryOf:      d.RetryOf,
		Redo:         d.Execution.Redo,
		RedoName:     d.StepName(d.Execution.Redo.Step),
		Redone:       d.Redone,
		MayRedo:      d.Status.Ended() && d.Status != domain.ExecutionArchived,
		Ended:        d.Status.Ended(),
		Unfinished:   d.Status.Ended() && d.Status != domain.ExecutionCompleted && len(d.Items) == 0,
		Cancel:       !d.Status.Ended(),
		Archive:      d.Status.MayBecome(domain.ExecutionArchived),
		Step:         stepUnderWay(d.Execution),
	}
	if d.Origin.Kind != domain.OriginComposer {
		for _, step := range d.Plan {
			f.Price += step.Credits
		}
	}
	if len(d.Items) > 0 {
		f.ItemID = d.Items[0].ID
	}
	f.TabTitle, f.TabIcon = f.State.Label+" · "+f.Title, tabIcons[f.State.Tone]
	if f.Running && d.WaitingFor != domain.WaitingPerson {
		f.TabTitle = strconv.Itoa(f.Progress) + "% · " + f.Title
	}
	switch d.WaitingFor {
	case domain.WaitingPerson:
		f.Waiting = "Waiting for your review. Read the item, then approve or move it; the execution continues on its own."
	case domain.WaitingRetry:
		f.Waiting = "The last attempt failed. Retrying automatically."
	}
	return f
}

// originOf says what writes the text, what wrote it, or that nothing was written.
func originOf(d work.ExecutionDetails) string {
	model := d.Origin.Model + " (" + d.Origin.Provider + ")"
	wrote := func(s domain.StepResult) bool { return s.Model != "" && s.Status != domain.StepFailed }
	switch {
	case !d.Origin.AI || d.Origin.Model == "" || slices.ContainsFunc(d.Steps, wrote):
		return ui.OriginLabel(d.Origin)
	case d.Status.Ended():
		return "No text was written. The model was " + model + "."
	}
	return "The model is " + model + "."
}

// stepUnderWay returns the name of the current step, which is recorded by its key.
// Executions from before that have the name itself.
func stepUnderWay(x domain.Execution) string {
	for _, step := range x.Plan {
		if x.CurrentStep == step.Key || x.CurrentStep == step.Name {
			return step.Name
		}
	}
	return ""
}

// tabIcons show the state on the browser's tab.
var tabIcons = map[string]string{
	"moving":  "icon-moving.svg",
	"machine": "icon-moving.svg",
	"done":    "icon-done.svg",
	"broken":  "icon-broken.svg",
	"person":  "icon-person.svg",
}
