package partner

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/ops"
)

// ReportView is what happened in a period.
type ReportView struct {
	Report   partner.ReportName `json:"report"`
	Period   ReportSpan         `json:"period"`
	Previous ReportSpan         `json:"previous" doc:"The period of the same length before, which the totals are compared with"`
	Interval domain.Interval    `json:"interval"`
	Timezone string             `json:"timezone" doc:"Whose days are counted"`
	Totals   []ReportTotal      `json:"totals"`
	Series   []ReportPoint      `json:"series" doc:"The intervals of the period, oldest first. The first and the last may be parts of one"`

	Breakdown []ReportCount `json:"breakdown,omitempty" doc:"Executions by capability, or content items by type, most first"`
	Grades    []ReportCount `json:"listing_grades,omitempty" doc:"The listings now, by grade"`
	Stages    []StageValue  `json:"stages,omitempty" doc:"The opportunities now, by stage and currency"`
	Won       []StageValue  `json:"won,omitempty" doc:"What was launched in the period, by currency"`
	Lost      []StageValue  `json:"lost,omitempty" doc:"What was lost in the period, by currency"`
	Available *int          `json:"credits_available,omitempty" doc:"Credits now"`
}

// ReportSpan is a period.
type ReportSpan struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until" doc:"The first instant after it"`
}

// ReportTotal is a measure of the whole period.
type ReportTotal struct {
	Measure  string `json:"measure"`
	Value    int64  `json:"value"`
	Previous int64  `json:"previous" doc:"In the period before"`
	Change   *int64 `json:"change_percent" doc:"Rounded; null where the period before had none"`
}

// ReportPoint is one interval.
type ReportPoint struct {
	ReportSpan
	Values map[string]int64 `json:"values" doc:"A number for each measure"`
}

// ReportCount is a number by name.
type ReportCount struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// StageValue is the opportunities of a stage and currency.
type StageValue struct {
	Stage         domain.Stage `json:"stage"`
	Opportunities int          `json:"opportunities"`
	Value         *string      `json:"value" doc:"Their sum, an exact decimal number"`
	Currency      *string      `json:"currency"`
}

// PeriodInput says which period is reported.
type PeriodInput struct {
	wire.DateRange
	Interval domain.Interval `json:"interval,omitempty"                  doc:"By default a day up to 62 days, a week up to 400, else a month"`
	Timezone string          `json:"timezone,omitempty" limit:"timezone" doc:"Whose days are counted: IANA, such as Europe/Berlin; by default the workspace's"`
}

type exportAnalytics struct {
	Report partner.ReportName `json:"report,omitempty" default:"overview" doc:"The report whose series is written"`
	PeriodInput
}

var chapterAnalytics = ops.Chapter{
	Name: "Analytics",
	Description: "What happened in a period, compared with the period before. Without from and to it is the last 30 " +
		"days. A period has at most 400 intervals.",
}

const analyticsPath = "/partners/analytics"

func analyticsRows(v *partner.Verbs, profile wire.Profile) []ops.Op {
	return []ops.Op{
		reportRow(v, profile, partner.ReportOverview, "Get the overview",
			"Executions, items, publications, credits and opportunities, with listings and deals as they are now."),
		reportRow(v, profile, partner.ReportExecutions, "Get the report on executions",
			"Executions by the time when they were accepted: how many completed, failed or were cancelled, "+
				"and what was asked for."),
		reportRow(v, profile, partner.ReportContent, "Get the report on content",
			"Content items that were created, by type, and those whose last publication was in the period."),
		reportRow(v, profile, partner.ReportPipeline, "Get the report on the pipeline",
			"Opportunities that were created, moved, won and lost, and the value of each stage now."),
		reportRow(v, profile, partner.ReportCredits, "Get the report on credits",
			"Credits that were charged, beside the executions that were accepted."),
		exportRow(v, profile),
	}
}

func reportRow(v *partner.Verbs, profile wire.Profile, name partner.ReportName, summary, description string) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_analytics_" + string(name),
		Route: ops.Route{Method: http.MethodGet, Path: analyticsPath + "/" + string(name)},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterAnalytics, Summary: summary, Description: description,
			Example: map[string]any{"from": "2026-02-01", "to": "2026-02-28", "interval": "week"},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "analytics", Verb: string(name)},
	}, func(ctx context.Context, in PeriodInput) (partner.Report, error) {
		a, err := in.read(ctx, profile, name)
		if err != nil {
			return partner.Report{}, err
		}
		return v.Analyze(ctx, a)
	}, viewReport, sampleReport(name))
}

// read reads the period in the time zone whose days are counted.
func (in PeriodInput) read(
	ctx context.Context, profile wire.Profile, name partner.ReportName,
) (partner.Analyze, error) {
	a := partner.Analyze{Report: name, Interval: in.Interval, Timezone: in.Timezone}
	var err error
	a.Period, err = in.Read(ctx, func(ctx context.Context) (domain.Workspace, error) {
		w, err := profile(ctx)
		if in.Timezone != "" { // one that does not exist is a fault of its own
			w.Timezone = in.Timezone
		}
		return w, err
	})
	return a, err
}

func exportRow(v *partner.Verbs, profile wire.Profile) ops.Op {
	return ops.NewFile(ops.Op{
		Name:  "export_analytics",
		Route: ops.Route{Method: http.MethodGet, Path: analyticsPath + "/export"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterAnalytics, Summary: "Export a report",
			Description: "The series of a report as CSV (RFC 4180): a row for each interval.",
			Media:       []string{"text/csv"},
			Example:     map[string]any{"report": "executions", "from": "2026-02-01", "to": "2026-02-28"},
		},
		Tool:    ops.Tool{Set: toolset, Whole: true},
		Command: ops.Command{Noun: "analytics", Verb: "export"},
	}, func(ctx context.Context, in exportAnalytics) (partner.CSV, error) {
		a, err := in.read(ctx, profile, in.Report)
		if err != nil {
			return partner.CSV{}, err
		}
		return v.AnalyzeCSV(ctx, a)
	}, func(c partner.CSV) ops.File {
		return ops.File{Name: c.Name, MediaType: "text/csv", Text: c.Body}
	}, partner.CSV{
		Name: "executions-2026-02-01.csv",
		Body: "from,until,executions,completed,failed,cancelled\n2026-02-01T00:00:00Z,2026-02-02T00:00:00Z,12,11,1,0\n",
	})
}

func sampleReport(name partner.ReportName) partner.Report {
	day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	week := domain.DateRange{From: day, Until: day.AddDate(0, 0, 7)}
	r := partner.Report{
		Name: name, Period: week, Before: domain.DateRange{From: day.AddDate(0, 0, -7), Until: day},
		Interval: domain.IntervalWeek, Zone: time.UTC, Measures: []domain.Measure{domain.MeasureExecutions},
		Total: []int64{12}, Former: []int64{8}, Parts: []partner.ReportPart{{DateRange: week, Values: []int64{12}}},
	}
	switch name {
	case partner.ReportExecutions:
		r.Breakdown = []domain.Named{{Name: "generate-blog-post", N: 12}}
	case partner.ReportContent:
		r.Measures = []domain.Measure{domain.MeasureItems}
		r.Breakdown = []domain.Named{{Name: string(domain.ContentBlog), N: 12}}
	case partner.ReportPipeline:
		r.Measures = []domain.Measure{domain.MeasureDeals}
		won := domain.StageSum{
			Stage: domain.StageLaunched, Deals: 1, Value: domain.Money{Amount: 120005000, Currency: "EUR", Decimals: 2},
		}
		r.Stages, r.Won = []domain.StageSum{won}, []domain.StageSum{won}
	case partner.ReportCredits:
		r.Measures, r.Available = []domain.Measure{domain.MeasureCredits}, 9988
	case partner.ReportOverview:
		r.Grades, r.Available = []domain.Named{{Name: "B", N: 3}}, 9988
	}
	return r
}

func viewReport(_ *ops.Reply, r partner.Report) ReportView {
	v := ReportView{
		Report: r.Name, Period: spanOf(r.Period), Previous: spanOf(r.Before), Interval: r.Interval,
		Timezone: r.Zone.String(), Totals: []ReportTotal{}, Series: []ReportPoint{},
		Breakdown: counts(r.Breakdown), Grades: counts(r.Grades), Stages: wire.Each(r.Stages, stageValue),
		Won: wire.Each(r.Won, stageValue), Lost: wire.Each(r.Lost, stageValue),
	}
	for i, m := range r.Measures {
		t := ReportTotal{Measure: string(m), Value: r.Total[i], Previous: r.Former[i]}
		if percent, ok := r.Change(i); ok {
			t.Change = &percent
		}
		v.Totals = append(v.Totals, t)
	}
	for _, p := range r.Parts {
		point := ReportPoint{spanOf(p.DateRange), map[string]int64{}}
		for i, m := range r.Measures {
			point.Values[string(m)] = p.Values[i]
		}
		v.Series = append(v.Series, point)
	}
	if r.Name == partner.ReportOverview || r.Name == partner.ReportCredits {
		v.Available = &r.Available
	}
	return v
}

func spanOf(r domain.DateRange) ReportSpan { return ReportSpan{r.From.UTC(), r.Until.UTC()} }

func counts(l []domain.Named) []ReportCount {
	return wire.Each(l, func(n domain.Named) ReportCount { return ReportCount{n.Name, n.N} })
}

func stageValue(s domain.StageSum) StageValue {
	v := StageValue{Stage: s.Stage, Opportunities: s.Deals, Currency: wire.Optional(s.Value.Currency)}
	if s.Value.Currency != "" {
		v.Value = wire.Optional(s.Value.String())
	}
	return v
}
