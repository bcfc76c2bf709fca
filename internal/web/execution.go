package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// executionPage is one run: its facts, its plan as a waterfall, and what it wrote.
type executionPage struct {
	Shell
	Run      runFacts
	Tab      string
	Tabs     []tab
	Timeline timeline
	Output   []outputText
	Results  []result
	Writes   bool // it makes text; else it looks at an item or a text
	Cards    []card
	Needs    []domain.Need
	Findings []findingView
	Input    string
	Context  string
	Events   []eventRow
	Curl     string
}

// runFacts is what stands at the head of a run.
type runFacts struct {
	runRow
	ETag      string
	Engine    string
	AI        bool
	Held      int
	Price     int // all that the plan may cost
	Cost      string
	Started   time.Time
	Completed time.Time
	Waiting   string
	TabTitle  string
	TabIcon   string
	RetryOf   int64
	Ended     bool
	Cancel    bool
	Archive   bool
	ItemID    int64 // the first item; 0 while there is none
	Step      string
}

// outputText is one text of a run: an item, or what a step has written so far.
type outputText struct {
	Key, Name string
	ItemID    int64
	HTML      template.HTML // of an item
	Text      string        // of a step
	Live      bool          // more may come
}

// eventRow is one line of the run's event log.
type eventRow struct {
	At      time.Time
	Name    string
	By      string
	Payload string
}

var runTabNames = []string{"output", "plan", "input", "guardrails", "events"}

func (s *Site) execution(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	d, err := s.engine.Execution(r.Context(), id)
	if err != nil {
		return err
	}
	sh, err := s.shell(w, r, "/executions", titleOf(d.Title, d.ID))
	if err != nil {
		return err
	}
	attempts, err := s.engine.Attempts(r.Context(), id)
	if err != nil {
		return err
	}
	page := executionPage{Shell: sh, Run: factsOf(d, s.now()), Timeline: timelineOf(d.Execution, d.Steps, attempts, s.now()),
		Needs: d.NeedsInput, Findings: findingViews(d.Findings), Tab: readTab(r, runTabNames), Curl: s.origin(r) + "/api/v1/content-workflow/executions/" + strconv.FormatInt(id, 10)}
	page.Tabs = page.tabs()
	for _, item := range d.Items {
		page.Cards = append(page.Cards, cardOf(item))
	}
	if err := s.fillSubject(r.Context(), &page, d); err != nil {
		return err
	}
	page.Title, page.Icon = page.Run.TabTitle, page.Run.TabIcon
	if err := s.fillRunTab(r.Context(), &page, d); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "execution", page)
}

// fillSubject tells apart a run that writes from one that looks at an item, and
// shows the item that it looks at.
func (s *Site) fillSubject(ctx context.Context, page *executionPage, d engine.ExecutionDetails) error {
	page.Writes = true
	c, err := s.engine.Capability(ctx, d.Capability)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil // removed since
	}
	if err != nil {
		return err
	}
	page.Writes = c.Category == domain.CategoryGeneration
	asked := slices.ContainsFunc(d.Steps, func(r domain.StepResult) bool { return r.Model != "" })
	if page.Writes || asked {
		return nil
	}
	page.Run.Engine, page.Run.AI, page.Run.Cost = "Carried out by rules. No AI model is asked.", false, "$0"
	var on struct {
		ContentID int64 `json:"content_id"`
	}
	if err := json.Unmarshal(d.Settings, &on); err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	if len(page.Cards) > 0 || on.ContentID == 0 {
		return nil
	}
	item, err := s.engine.Item(ctx, on.ContentID)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil // deleted since
	}
	page.Cards = append(page.Cards, cardOf(item.ContentItem))
	page.Run.ItemID = on.ContentID
	return err
}

// fillRunTab gathers what only the open tab shows.
func (s *Site) fillRunTab(ctx context.Context, page *executionPage, d engine.ExecutionDetails) error {
	var err error
	switch page.Tab {
	case "output":
		page.Output, err = s.outputOf(ctx, d, *page)
		if len(d.Items) == 0 && !page.Writes {
			page.Results = resultsOf(page.Timeline.Steps)
		}
	case "input":
		page.Input, page.Context = prettyJSON(d.Settings), prettyJSON(d.Context)
	case "events":
		page.Events, err = s.eventsOf(ctx, d.ID)
	}
	return err
}

func (p executionPage) tabs() []tab {
	counts := map[string]int{"plan": len(p.Timeline.Steps), "guardrails": len(p.Findings)}
	var tabs []tab
	for _, name := range runTabNames {
		href := "/executions/" + strconv.FormatInt(p.Run.ID, 10)
		if name != "output" {
			href += "?tab=" + name
		}
		n, counted := counts[name]
		tabs = append(tabs, tab{Label: human(name), Href: href, Count: n, Counted: counted, On: name == p.Tab})
	}
	return tabs
}

// readTab returns the tab that the address names, the first by default.
func readTab(r *http.Request, names []string) string {
	for _, name := range names {
		if r.URL.Query().Get("tab") == name {
			return name
		}
	}
	return names[0]
}

func factsOf(d engine.ExecutionDetails, now time.Time) runFacts {
	f := runFacts{runRow: rowOf(d.ExecutionRow, now), ETag: etag(d.Version), Engine: engineLabel(d.Origin), AI: d.Origin.AI,
		Held: d.CreditsHeld, Cost: money(d.Cost, d.Origin), Started: d.StartedAt, Completed: d.CompletedAt, RetryOf: d.RetryOf,
		Ended: d.Status.Ended(), Cancel: !d.Status.Ended(), Archive: d.Status.MayBecome(domain.ExecutionArchived)}
	for _, p := range d.Plan {
		f.Price += p.Credits
		if p.Key == d.CurrentStep {
			f.Step = p.Name
		}
	}
	if d.Origin.Kind == domain.OriginComposer {
		f.Price = 0
	}
	if len(d.Items) > 0 {
		f.ItemID = d.Items[0].ID
	}
	f.TabTitle, f.TabIcon = f.State.Label+" · "+f.Title, tabIcons[f.State.Tone]
	if f.Running && d.WaitingFor != domain.WaitingPerson {
		f.TabTitle = strconv.Itoa(f.Progress) + " % · " + f.Title
	}
	switch d.WaitingFor {
	case domain.WaitingPerson:
		f.Waiting = "This run waits for you. Read the item, then approve it or move it on: the run goes on by itself."
	case domain.WaitingRetry:
		f.Waiting = "The last attempt failed. The run tries again by itself in a moment."
	}
	return f
}

// tabIcons show the state of a run on its tab.
var tabIcons = map[string]string{"moving": "icon-moving.svg", "machine": "icon-moving.svg", "done": "icon-done.svg", "broken": "icon-broken.svg", "person": "icon-person.svg"}

// outputOf shows the items of a finished run, and until then what each step has
// written.
func (s *Site) outputOf(ctx context.Context, d engine.ExecutionDetails, page executionPage) ([]outputText, error) {
	var out []outputText
	for _, c := range d.Items {
		item, err := s.engine.Item(ctx, c.ID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue // deleted since
		}
		if err != nil {
			return nil, err
		}
		out = append(out, outputText{Key: "item-" + strconv.FormatInt(c.ID, 10), Name: titleOf(item.Title, item.ID), ItemID: item.ID,
			HTML: template.HTML(s.engine.RenderMarkdown(item.Body))}) //nolint:gosec // sanitised there
	}
	if len(out) > 0 {
		return out, nil
	}
	for _, step := range page.Timeline.Steps {
		if step.Text != "" || page.Writes && step.State == stepStates[domain.StepRunning] {
			out = append(out, outputText{Key: step.Key, Name: step.Name, Text: step.Text, Live: !d.Status.Ended()})
		}
	}
	return out, nil
}

// eventsOf reads the log of a run up to now: a run that goes on would be told
// without an end, so the reading is bounded.
func (s *Site) eventsOf(ctx context.Context, id int64) ([]eventRow, error) {
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	seq, err := s.engine.WatchExecution(ctx, id, "")
	if err != nil {
		return nil, err
	}
	var rows []eventRow
	for up, err := range seq {
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		if ev := up.Event; ev != nil {
			rows = append(rows, eventRow{ev.At, string(ev.Name), ev.Actor, compact(ev.Payload)})
		}
	}
	return rows, nil
}

func compact(raw json.RawMessage) string {
	if s := string(raw); s != "null" && s != "{}" {
		return s
	}
	return ""
}

// textOf finds the text in a step's recorded output, which is a string or an
// object that carries one.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var fields struct{ Text, Body, Markdown string }
	if json.Unmarshal(raw, &fields) != nil {
		return ""
	}
	for _, t := range []string{fields.Body, fields.Markdown, fields.Text} {
		if t != "" {
			return t
		}
	}
	return ""
}

func (s *Site) executionCancel(w http.ResponseWriter, r *http.Request) error {
	return s.onExecution(w, r, func(ctx context.Context, id int64) (int64, string, error) {
		_, err := s.engine.Cancel(ctx, engine.ID{ID: id})
		return id, "Cancelled. What was finished is kept, and the credits still held were given back.", err
	})
}

func (s *Site) executionRetry(w http.ResponseWriter, r *http.Request) error {
	return s.onExecution(w, r, func(ctx context.Context, id int64) (int64, string, error) {
		st, err := s.engine.Retry(ctx, engine.ID{ID: id})
		return st.Execution.ID, "A new run goes on from the last finished step.", err
	})
}

func (s *Site) executionArchive(w http.ResponseWriter, r *http.Request) error {
	return s.onExecution(w, r, func(ctx context.Context, id int64) (int64, string, error) {
		_, err := s.engine.Archive(ctx, engine.ID{ID: id})
		return id, "Archived. It stays readable here.", err
	})
}

// onExecution runs a verb on the run of the address and shows the run that it
// returns.
func (s *Site) onExecution(w http.ResponseWriter, r *http.Request, do func(context.Context, int64) (int64, string, error)) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	path := func(id int64) string { return "/executions/" + strconv.FormatInt(id, 10) }
	next, sentence, err := do(r.Context(), id)
	if err != nil {
		return s.refuse(w, r, path(id), err)
	}
	return s.back(w, r, path(next), sentence)
}
