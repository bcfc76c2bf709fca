package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

const runsPerPage = 25

// executionsPage lists the runs, newest first.
type executionsPage struct {
	Shell
	Tabs         []tab
	Filter       runQuery
	Capabilities []choice
	Priorities   []choice
	Ages         []choice
	Rows         []runRow
	Total        int
	From, Until  int // positions of the rows shown, from 1
	Newer, Older string
	Example      string
}

// tab is one tab of a set, with a count where one is known.
type tab struct {
	Label, Href string
	Count       int
	Counted, On bool
}

// runRow is a run as lists show it.
type runRow struct {
	ID         int64
	Title      string
	Capability string
	Agent      string
	State      state
	Priority   domain.Priority
	By         string
	Created    time.Time
	Took       string
	Progress   int
	Running    bool
	Credits    int
	Error      string
	Retryable  bool
}

// state is a status as people read it: a glyph, a word and whose turn it is.
type state struct {
	Glyph, Label, Tone string
}

// runQuery is what the address says about the list.
type runQuery struct {
	Status, Capability, Priority, Since string
	Page                                int
}

// Any reports whether a filter beside the tab narrows the list.
func (q runQuery) Any() bool { return q.Capability != "" || q.Priority != "" || q.Since != "" }

func readRunQuery(v url.Values) runQuery {
	q := runQuery{Capability: v.Get("capability"), Since: v.Get("since"), Page: 1}
	if s := v.Get("status"); domain.ExecutionStatus(s).Valid() {
		q.Status = s
	}
	if p := v.Get("priority"); domain.Priority(p).Valid() {
		q.Priority = p
	}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 0 {
		q.Page = n
	}
	return q
}

func (q runQuery) href(change func(*runQuery)) string {
	change(&q)
	v := url.Values{}
	for key, value := range map[string]string{"status": q.Status, "capability": q.Capability, "priority": q.Priority, "since": q.Since} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return "/executions"
	}
	return "/executions?" + v.Encode()
}

func (s *Site) executions(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	sh, err := s.shell(w, r, "/executions", "Executions")
	if err != nil {
		return err
	}
	q := readRunQuery(r.URL.Query())
	in := engine.ListExecutions{Status: domain.ExecutionStatus(q.Status), Capability: q.Capability, Priority: domain.Priority(q.Priority),
		Page: domain.Page{Number: q.Page, Size: runsPerPage}}
	if days, err := strconv.Atoi(q.Since); err == nil && days > 0 {
		in.Created.From = s.now().AddDate(0, 0, -days)
	}
	list, err := s.engine.Executions(ctx, in)
	if err != nil {
		return err
	}
	counts, err := s.engine.ExecutionCounts(ctx)
	if err != nil {
		return err
	}
	caps, err := s.engine.Capabilities(ctx, engine.ListCapabilities{IncludeBeta: true})
	if err != nil {
		return err
	}
	page := executionsPage{Shell: sh, Filter: q, Tabs: runTabs(q, counts), Capabilities: capabilityChoices(caps, q.Capability),
		Priorities: priorityChoices(q.Priority), Ages: ageChoices(q.Since), Example: exampleCall(s.origin(r))}
	page.fill(list, s.now())
	return s.render(w, r, http.StatusOK, "executions", page)
}

func (p *executionsPage) fill(list domain.List[engine.ExecutionRow], now time.Time) {
	for _, x := range list.Items {
		p.Rows = append(p.Rows, rowOf(x, now))
	}
	p.Total = list.Total
	q := p.Filter
	if len(p.Rows) > 0 {
		p.From = (q.Page-1)*runsPerPage + 1
		p.Until = p.From + len(p.Rows) - 1
	}
	if q.Page > 1 {
		p.Newer = q.href(func(q *runQuery) { q.Page-- })
	}
	if p.Until < p.Total && len(p.Rows) > 0 {
		p.Older = q.href(func(q *runQuery) { q.Page++ })
	}
}

func runTabs(q runQuery, counts map[domain.ExecutionStatus]int) []tab {
	all := 0
	for _, n := range counts {
		all += n
	}
	tabs := []tab{{Label: "All", Count: all}}
	statuses := []domain.ExecutionStatus{"", domain.ExecutionExecuting, domain.ExecutionPending, domain.ExecutionCompleted, domain.ExecutionFailed, domain.ExecutionCancelled, domain.ExecutionArchived}
	for _, st := range statuses[1:] {
		label := human(string(st))
		if st == domain.ExecutionExecuting {
			label = "Running"
		}
		tabs = append(tabs, tab{Label: label, Count: counts[st]})
	}
	for i := range tabs {
		tabs[i].Counted = true
		tabs[i].On = q.Status == string(statuses[i])
		tabs[i].Href = q.href(func(q *runQuery) { q.Status, q.Page = string(statuses[i]), 1 })
	}
	return tabs
}

func capabilityChoices(caps []domain.Capability, on string) []choice {
	list := []choice{{Value: "", Label: "All capabilities", On: on == ""}}
	for _, c := range caps {
		list = append(list, choice{c.Slug, c.Name, on == c.Slug})
	}
	return list
}

func priorityChoices(on string) []choice {
	list := []choice{{Value: "", Label: "Any priority", On: on == ""}}
	for _, p := range domain.Priorities() {
		list = append(list, choice{string(p), human(string(p)), on == string(p)})
	}
	return list
}

func rowOf(x engine.ExecutionRow, now time.Time) runRow {
	return runRow{
		ID: x.ID, Title: titleOf(x.Title, x.ID), Capability: x.Capability, Agent: x.Agent.Name, State: stateOf(x.Execution),
		Priority: x.Priority, By: x.CreatedBy, Created: x.CreatedAt, Took: took(x.Execution, now), Progress: x.Progress,
		Running: !x.Status.Ended(), Credits: x.CreditsUsed, Error: x.Error,
		Retryable: x.Status == domain.ExecutionFailed || x.Status == domain.ExecutionCancelled,
	}
}

// took tells how long a run has worked, or has worked until now.
func took(x domain.Execution, now time.Time) string {
	switch {
	case x.StartedAt.IsZero():
		return ""
	case x.CompletedAt.IsZero():
		return span(now.Sub(x.StartedAt))
	}
	return span(x.CompletedAt.Sub(x.StartedAt))
}

var states = map[domain.ExecutionStatus]state{
	domain.ExecutionPending:   {"pending", "Waiting", "grey"},
	domain.ExecutionPlanning:  {"planning", "Planning", "machine"},
	domain.ExecutionExecuting: {"executing", "Running", "moving"},
	domain.ExecutionCompleted: {"completed", "Completed", "done"},
	domain.ExecutionFailed:    {"failed", "Failed", "broken"},
	domain.ExecutionCancelled: {"cancelled", "Cancelled", "grey"},
	domain.ExecutionArchived:  {"archived", "Archived", "grey"},
}

func stateOf(x domain.Execution) state {
	if x.Status == domain.ExecutionExecuting {
		switch x.WaitingFor {
		case domain.WaitingPerson:
			return state{"person", "Needs a person", "person"}
		case domain.WaitingRetry:
			return state{"retry", "Trying again soon", "moving"}
		}
	}
	return states[x.Status]
}
