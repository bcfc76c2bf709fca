// Package executions is the list of executions, with filters by status and age.
package executions

import (
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
			Count:   p.failed,
			Counted: "failed",
		},
		Routes: []ui.Route{{Pattern: "GET /executions", Handle: p.show}},
	}
}

func (p page) failed(ctx context.Context) (int, error) {
	counts, err := p.Engine.Work.ExecutionCounts(ctx)
	return counts[domain.ExecutionFailed], err
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
	Page                                int
}

// Any reports whether a filter beside the tab narrows the list.
func (q query) Any() bool { return q.Capability != "" || q.Priority != "" || q.Since != "" }

func readQuery(v url.Values) query {
	q := query{Capability: v.Get("capability"), Since: v.Get("since"), Page: 1}
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
	v := view{
		Shell:        sh,
		Filter:       q,
		Tabs:         tabsOf(q, counts),
		Capabilities: capabilityChoices(caps, q.Capability),
		Priorities:   ui.PriorityChoices(q.Priority),
		Ages:         ui.AgeChoices(q.Since),
		Example:      p.ExampleCall(r),
	}
	v.fill(list, p.Now())
	return p.Render(w, r, http.StatusOK, "executions", v)
}

func (v *view) fill(list domain.List[work.ExecutionRow], now time.Time) {
	for _, x := range list.Items {
		v.Rows = append(v.Rows, ui.RowOf(x, now))
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

func tabsOf(q query, counts map[domain.ExecutionStatus]int) []ui.Tab {
	all := 0
	for _, n := range counts {
		all += n
	}
	tabs := []ui.Tab{tabOf(q, "", "All", all)}
	for _, st := range tabStatuses {
		label := ui.StateOf(domain.Execution{Status: st}).Label
		tabs = append(tabs, tabOf(q, st, label, counts[st]))
	}
	return tabs
}

func tabOf(q query, st domain.ExecutionStatus, label string, n int) ui.Tab {
	return ui.Tab{
		Label:   label,
		Href:    q.href(func(q *query) { q.Status, q.Page = string(st), 1 }),
		Count:   n,
		Counted: true,
		On:      q.Status == string(st),
	}
}

func capabilityChoices(caps []domain.Capability, on string) []ui.Choice {
	list := []ui.Choice{{Value: "", Label: "All capabilities", On: on == ""}}
	for _, c := range caps {
		list = append(list, ui.Choice{Value: c.Slug, Label: c.Name, On: on == c.Slug})
	}
	return list
}
