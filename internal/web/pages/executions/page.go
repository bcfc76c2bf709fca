// Package executions is the list of executions, with filters by status and age.
package executions

import (
	"cmp"
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const perPage = 25

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "executions",
		Files: files,
		Menu: ui.Link{
			Group:   ui.Manage,
			Path:    "/executions",
			Name:    "Executions",
			Icon:    "activity",
			Keys:    "g e",
			Phone:   "Executions",
			Count:   p.needAction,
			Counted: "failed or need review",
		},
		Routes: []ui.Route{{Pattern: "GET /executions", Handle: p.show}},
	}
}

// needAction counts what somebody should look at: what failed and what waits for a
// decision.
func (p page) needAction(ctx context.Context) (int, error) {
	counts, err := p.Engine.Work.ExecutionCounts(ctx)
	if err != nil {
		return 0, err
	}
	waiting, err := p.waiting(ctx)
	return counts[domain.ExecutionFailed] + waiting, err
}

// waiting counts the executions that wait for a person's decision.
func (p page) waiting(ctx context.Context) (int, error) {
	list, err := p.Engine.Work.Executions(ctx, work.ListExecutions{
		NeedsReview: true,
		Page:        domain.Page{Number: 1, Size: 1},
	})
	return list.Total, err
}

// view lists the executions, newest first.
type view struct {
	ui.Shell
	Tabs         []ui.Tab
	Filter       query
	Capabilities []ui.Choice
	Priorities   []ui.Choice
	Ages         []ui.Choice
	Rows         []ui.ExecutionRow
	Total        int
	From, Until  int // positions of the rows shown, from 1
	Newer, Older string
	Example      string
}

// query is what the address says about the list.
type query struct {
	Status, Capability, Priority, Since string
	NeedsReview                         bool // only those that wait for a decision
	Page                                int
}

// Any reports whether a filter beside the tab narrows the list.
func (q query) Any() bool { return q.Capability != "" || q.Priority != "" || q.Since != "" }

func readQuery(v url.Values) query {
	q := query{Capability: v.Get("capability"), Since: v.Get("since"), Page: 1}
	if s := v.Get("status"); domain.ExecutionStatus(s).Valid() {
		q.Status = s
	}
	q.NeedsReview = q.Status == "" && v.Get("needs_review") != ""
	if p := v.Get("priority"); domain.Priority(p).Valid() {
		q.Priority = p
	}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 0 {
		q.Page = n
	}
	return q
}

func (q query) href(change func(*query)) string {
	change(&q)
	v := url.Values{}
	for key, value := range map[string]string{
		"status":     q.Status,
		"capability": q.Capability,
		"priority":   q.Priority,
		"since":      q.Since,
	} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.NeedsReview {
		v.Set("needs_review", "1")
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return "/executions"
	}
	return "/executions?" + v.Encode()
}

func (q query) list(now time.Time) work.ListExecutions {
	in := work.ListExecutions{
		Status:     domain.ExecutionStatus(q.Status),
		Capability: q.Capability,
		Priority:   domain.Priority(q.Priority),
		Page:       domain.Page{Number: q.Page, Size: perPage},

		NeedsReview: q.NeedsReview,
	}
	if days, err := strconv.Atoi(q.Since); err == nil && days > 0 {
		in.Created.From = now.AddDate(0, 0, -days)
	}
	return in
}

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	sh, err := p.Shell(w, r, "/executions", "Executions")
	if err != nil {
		return err
	}
	q := readQuery(r.URL.Query())
	list, err := p.Engine.Work.Executions(ctx, q.list(p.Now()))
	if err != nil {
		return err
	}
	counts, err := p.Engine.Work.ExecutionCounts(ctx)
	if err != nil {
		return err
	}
	caps, err := p.Engine.Work.Capabilities(ctx, work.ListCapabilities{IncludeBeta: true})
	if err != nil {
		return err
	}
	waiting, err := p.waiting(ctx)
	if err != nil {
		return err
	}
	v := view{
		Shell:        sh,
		Filter:       q,
		Tabs:         tabsOf(q, counts, waiting),
		Capabilities: capabilityChoices(caps, q.Capability),
		Priorities:   ui.PriorityChoices(q.Priority),
		Ages:         ui.AgeChoices(q.Since),
		Example:      p.ExampleCall(r),
	}
	v.fill(list, namesOf(caps), p.Now())
	return p.Render(w, r, http.StatusOK, "executions", v)
}

// namesOf returns the names of capabilities by their slugs.
func namesOf(caps []domain.Capability) map[string]string {
	names := map[string]string{}
	for _, c := range caps {
		names[c.Slug] = c.Name
	}
	return names
}

func (v *view) fill(list domain.List[work.ExecutionRow], names map[string]string, now time.Time) {
	for _, x := range list.Items {
		row := ui.RowOf(x, now)
		row.Capability = cmp.Or(names[row.Capability], row.Capability)
		v.Rows = append(v.Rows, row)
	}
	v.Total = list.Total
	q := v.Filter
	if len(v.Rows) > 0 {
		v.From = (q.Page-1)*perPage + 1
		v.Until = v.From + len(v.Rows) - 1
	}
	if q.Page > 1 {
		v.Newer = q.href(func(q *query) { q.Page-- })
	}
	if v.Until < v.Total && len(v.Rows) > 0 {
		v.Older = q.href(func(q *query) { q.Page++ })
	}
}

// tabStatuses are the tabs after "All".
var tabStatuses = []domain.ExecutionStatus{
	domain.ExecutionExecuting, domain.ExecutionPending, domain.ExecutionCompleted,
	domain.ExecutionFailed, domain.ExecutionCancelled, domain.ExecutionArchived,
}

func tabsOf(q query, counts map[domain.ExecutionStatus]int, waiting int) []ui.Tab {
	all := 0
	for _, n := range counts {
		all += n
	}
	tabs := []ui.Tab{tabOf(q, "", "All", all), {
		Label:   ui.StateOf(domain.Execution{Status: domain.ExecutionExecuting, WaitingFor: domain.WaitingPerson}).Label,
		Href:    q.href(func(q *query) { q.Status, q.NeedsReview, q.Page = "", true, 1 }),
		Count:   waiting,
		Counted: true,
		On:      q.NeedsReview,
	}}
	for _, st := range tabStatuses {
		label := ui.StateOf(domain.Execution{Status: st}).Label
		tabs = append(tabs, tabOf(q, st, label, counts[st]))
	}
	return tabs
}

func tabOf(q query, st domain.ExecutionStatus, label string, n int) ui.Tab {
	return ui.Tab{
		Label:   label,
		Href:    q.href(func(q *query) { q.Status, q.NeedsReview, q.Page = string(st), false, 1 }),
		Count:   n,
		Counted: true,
		On:      q.Status == string(st) && !q.NeedsReview,
	}
}

func capabilityChoices(caps []domain.Capability, on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "All capabilities", On: on == ""}}
	for _, c := range caps {
		list = append(list, ui.Choice{Value: c.Slug, Label: c.Name, On: on == c.Slug})
	}
	return list
}
