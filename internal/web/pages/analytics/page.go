// Package analytics is the page of reports: what happened in a period, as charts and as numbers.
package analytics

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

const path = "/analytics"

type page struct{ *ui.Site }

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "analytics",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Analytics", Icon: "chart-column", Keys: "g y"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "GET " + path + "/report.csv", Handle: p.csv},
		},
	}
}

type view struct {
	ui.Shell
	Report    string
	Tabs      []tab
	Intervals []ui.Choice
	From, To  string // days
	Fault     string
	R         *partner.Report // nil: it was refused
	Totals    []total
	Charts    []ui.Chart
	Lists     []list
	CSV       string
}

type tab struct {
	Name, Path string
	On         bool
}

// total is a measure of the whole period, beside the period before.
type total struct {
	Label, Value, Before, Change string
}

// list is a small table.
type list struct {
	ID, Title string
	Rows      [][2]string
}

var labels = map[domain.Measure]string{
	domain.MeasureExecutions: "Executions", domain.MeasureCompleted: "Completed", domain.MeasureFailed: "Failed",
	domain.MeasureCancelled: "Cancelled", domain.MeasureItems: "Items created", domain.MeasurePublished: "Published",
	domain.MeasureCredits: "Credits charged", domain.MeasureDeals: "Deals created", domain.MeasureWon: "Won",
	domain.MeasureLost: "Lost", domain.MeasureMoved: "Stage changes",
}

func (p page) show(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := view{Report: q.Get("report"), From: q.Get("from"), To: q.Get("to")}
	if v.Report == "" {
		v.Report = string(partner.ReportOverview)
	}
	if v.Shell, err = p.Shell(w, r, path, "Analytics"); err != nil {
		return err
	}
	for _, name := range partner.ReportOverview.Values() {
		next := url.Values{"report": {name}}
		for _, keep := range []string{"from", "to", "interval"} {
			if q.Get(keep) != "" {
				next.Set(keep, q.Get(keep))
			}
		}
		v.Tabs = append(v.Tabs, tab{ui.Human(name), path + "?" + next.Encode(), name == v.Report})
	}
	v.Intervals = []ui.Choice{{Value: "", Label: "Usual interval", On: q.Get("interval") == ""}}
	for _, i := range domain.IntervalDay.Values() {
		v.Intervals = append(v.Intervals, ui.Choice{Value: i, Label: "By " + i, On: i == q.Get("interval")})
	}
	v.CSV = path + "/report.csv?" + q.Encode()
	status := http.StatusOK
	report, err := p.report(r)
	switch e := domain.AsError(err); {
	case err == nil:
		v.fill(report)
	case e.Code == domain.CodeValidation:
		v.Fault, status = e.Message, http.StatusUnprocessableEntity
	default:
		return err
	}
	return p.Render(w, r, status, "analytics", v)
}

// report reads the query and asks for its report.
func (p page) report(r *http.Request) (partner.Report, error) {
	in, err := p.read(r)
	if err != nil {
		return partner.Report{}, err
	}
	return p.Engine.Partner.Analyze(r.Context(), in)
}

func (p page) read(r *http.Request) (in partner.Analyze, err error) {
	q := r.URL.Query()
	profile, err := p.Engine.Account.Profile(r.Context())
	if err != nil {
		return in, err
	}
	in = partner.Analyze{Report: partner.ReportName(q.Get("report")), Interval: domain.Interval(q.Get("interval"))}
	if from := q.Get("from"); from != "" {
		if in.Period.From, err = ui.ParseDay("from", from, profile.Location()); err != nil {
			return in, err
		}
	}
	if to := q.Get("to"); to != "" {
		if in.Period.Until, err = ui.ParseDay("to", to, profile.Location()); err != nil {
			return in, err
		}
		in.Period.Until = domain.IntervalDay.Next(in.Period.Until.In(profile.Location()))
	}
	return in, nil
}

// csv is the report as a file.
func (p page) csv(w http.ResponseWriter, r *http.Request) error {
	in, err := p.read(r)
	if err != nil {
		return err
	}
	f, err := p.Engine.Partner.AnalyzeCSV(r.Context(), in)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(f.Body)) // a client that has gone away is not our error
	return nil
}

// fill shows a report.
func (v *view) fill(r partner.Report) {
	v.R = &r
	v.From = r.Period.From.In(r.Zone).Format(time.DateOnly)
	v.To = r.Period.Until.In(r.Zone).Add(-time.Millisecond).Format(time.DateOnly)
	for i, m := range r.Measures {
		t := total{Label: labels[m], Value: number(r.Total[i]), Before: number(r.Former[i])}
		if percent, ok := r.Change(i); ok {
			t.Change = strconv.FormatInt(percent, 10) + " %"
			if percent > 0 {
				t.Change = "+" + t.Change
			}
		}
		v.Totals = append(v.Totals, t)
	}
	v.Charts = charts(r)
	v.Lists = lists(r)
}

func number(n int64) string { return ui.Digits(int(n)) }

// charts are what a report shows: parts of one whole stand on one another, and others have a chart each.
func charts(r partner.Report) (list []ui.Chart) {
	names := make([]string, len(r.Parts))
	for i, p := range r.Parts {
		names[i] = p.From.In(r.Zone).Format("2 Jan 2006")
	}
	series := func(m int) ui.Series {
		s := ui.Series{Name: strings.ToLower(labels[r.Measures[m]])}
		for _, p := range r.Parts {
			s.Values = append(s.Values, p.Values[m])
		}
		return s
	}
	chart := func(title string, line bool, measures ...int) {
		c := ui.Chart{
			ID: "chart-" + strconv.Itoa(len(list)), Title: title, Labels: names, Line: line,
			Description: title + " by " + string(r.Interval) + ", " + strconv.Itoa(len(names)) + " in all.",
		}
		for _, m := range measures {
			c.Series = append(c.Series, series(m))
		}
		list = append(list, c)
	}
	switch r.Name {
	case partner.ReportExecutions:
		chart("Executions by outcome", false, 1, 2, 3)
	case partner.ReportContent:
		chart("Items created and published", true, 0, 1)
	case partner.ReportPipeline:
		chart("Deals created, won and lost", false, 0, 2, 3)
	case partner.ReportCredits:
		chart("Credits charged", false, 0)
	case partner.ReportOverview:
		chart("Executions", false, 0)
		chart("Items created and published", true, 1, 2)
		chart("Credits charged", false, 3)
	}
	return list
}

// lists are the tables beside the charts.
func lists(r partner.Report) (all []list) {
	add := func(title string, rows [][2]string) {
		if len(rows) > 0 {
			all = append(all, list{"list-" + strconv.Itoa(len(all)), title, rows})
		}
	}
	named := func(l []domain.Named, label func(string) string) (rows [][2]string) {
		for _, n := range l {
			rows = append(rows, [2]string{label(n.Name), number(n.N)})
		}
		return rows
	}
	same := func(s string) string { return s }
	switch r.Name {
	case partner.ReportExecutions:
		add("By capability", named(r.Breakdown, same))
	case partner.ReportContent:
		add("By type", named(r.Breakdown, ui.Human))
	case partner.ReportPipeline:
		add("Won in the period", values(r.Won))
		add("Lost in the period", values(r.Lost))
	case partner.ReportOverview:
		add("Listings by grade", named(r.Grades, func(g string) string { return "Grade " + g }))
	case partner.ReportCredits:
	}
	if r.Name == partner.ReportOverview || r.Name == partner.ReportPipeline {
		add("Deals now", stages(r.Stages))
	}
	if r.Name == partner.ReportOverview || r.Name == partner.ReportCredits {
		add("Credits now", [][2]string{{"Available", ui.Digits(r.Available)}})
	}
	return all
}

func values(l []domain.StageSum) (rows [][2]string) {
	for _, s := range l {
		rows = append(rows, [2]string{ui.Plural(s.Deals, "deal", "deals"), worth(s)})
	}
	return rows
}

func stages(l []domain.StageSum) (rows [][2]string) {
	for _, stage := range domain.Stages() {
		for _, s := range domain.SumsOf(l, stage) {
			rows = append(rows, [2]string{string(stage) + ", " + ui.Plural(s.Deals, "deal", "deals"), worth(s)})
		}
	}
	return rows
}

func worth(s domain.StageSum) string {
	if s.Value.Currency == "" {
		return "no value"
	}
	return ui.Amount(s.Value)
}
