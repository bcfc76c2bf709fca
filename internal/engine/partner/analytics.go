package partner

import (
	"cmp"
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// ReportName names a report.
type ReportName string

// The reports.
const (
	ReportOverview   ReportName = "overview"
	ReportExecutions ReportName = "executions"
	ReportContent    ReportName = "content"
	ReportPipeline   ReportName = "pipeline"
	ReportCredits    ReportName = "credits"
)

// Values lists the reports.
func (ReportName) Values() []string {
	return []string{
		string(ReportOverview), string(ReportExecutions), string(ReportContent), string(ReportPipeline),
		string(ReportCredits),
	}
}

// reported are the measures of each report, in the order of its columns.
var reported = map[ReportName][]domain.Measure{
	ReportOverview: {
		domain.MeasureExecutions, domain.MeasureItems, domain.MeasurePublished, domain.MeasureCredits, domain.MeasureDeals,
		domain.MeasureWon,
	},
	ReportExecutions: {
		domain.MeasureExecutions, domain.MeasureCompleted, domain.MeasureFailed, domain.MeasureCancelled,
	},
	ReportContent:  {domain.MeasureItems, domain.MeasurePublished},
	ReportPipeline: {domain.MeasureDeals, domain.MeasureMoved, domain.MeasureWon, domain.MeasureLost},
	ReportCredits:  {domain.MeasureCredits, domain.MeasureExecutions},
}

// Analyze asks for a report.
type Analyze struct {
	Report ReportName
	// Period is what is reported; without an end it lasts to the end of today, without a beginning it has 30 days.
	Period   domain.DateRange
	Interval domain.Interval // of the parts; by default a day, or what keeps the parts few
	Timezone string          // whose days are counted; by default the workspace's
}

// Report is what happened in a period.
type Report struct {
	Name     ReportName
	Period   domain.DateRange
	Before   domain.DateRange // the period of the same length before
	Interval domain.Interval
	Zone     *time.Location
	Measures []domain.Measure
	Parts    []ReportPart
	Total    []int64 // of the period, a number for each measure
	Former   []int64 // of the period before
	// Breakdown is the period by what was asked for, or by the type of the items; nil in other reports.
	Breakdown []domain.Named
	Grades    []domain.Named    // the listings now, by grade: in the overview
	Stages    []domain.StageSum // the deals now, by stage: in the overview and the pipeline
	Won, Lost []domain.StageSum // what was won and lost in the period, by currency: in the pipeline
	Available int               // credits now: in the overview and the report of credits
}

// Change returns by how many percent a measure differs from the period before, rounded; ok is false where that had
// none.
func (r Report) Change(measure int) (percent int64, ok bool) {
	now, before := r.Total[measure], r.Former[measure]
	if before == 0 {
		return 0, false
	}
	return (200*(now-before) + sign(now-before)*before) / (2 * before), true
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

// ReportPart is one interval of a report.
type ReportPart struct {
	domain.DateRange
	Values []int64 // a number for each measure
}

// defaultDays is how long a period is that a caller does not give.
const defaultDays = 30

// Analyze returns a report about the workspace.
func (v *Verbs) Analyze(ctx context.Context, in Analyze) (r Report, err error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return r, err
	}
	w, err := v.store.Read().Workspace(ctx, a.WorkspaceID)
	if err != nil {
		return r, err
	}
	var parts []domain.DateRange
	if r, parts, err = frame(in, w, v.store.Now()); err != nil {
		return r, err
	}
	if err := v.measure(ctx, a.WorkspaceID, &r, parts); err != nil {
		return r, err
	}
	return r, v.explain(ctx, a.WorkspaceID, &r)
}

// frame decides on the periods of a report.
func frame(in Analyze, w domain.Workspace, now time.Time) (r Report, parts []domain.DateRange, err error) {
	var p domain.Problems
	domain.CheckEnum(&p, "report", in.Report)
	domain.CheckEnum(&p, "interval", in.Interval)
	zone := w.Location()
	if in.Timezone != "" {
		if zone, err = time.LoadLocation(in.Timezone); err != nil || in.Timezone == "Local" {
			p.Format("timezone", "an IANA time zone such as Europe/Berlin")
		}
	}
	if err := p.Err(); err != nil {
		return r, nil, err
	}
	r = Report{Name: cmp.Or(in.Report, ReportOverview), Period: in.Period, Zone: zone}
	if r.Period.Until.IsZero() {
		r.Period.Until = domain.IntervalDay.Next(domain.IntervalDay.Start(now.In(zone)))
	}
	if r.Period.From.IsZero() {
		r.Period.From = daysBefore(r.Period.Until.In(zone), defaultDays)
	}
	r.Period.From, r.Period.Until = r.Period.From.In(zone), r.Period.Until.In(zone)
	if !r.Period.From.Before(r.Period.Until) {
		p.Add("from", "The from field must be before to")
		return r, nil, p.Err()
	}
	r.Interval = cmp.Or(in.Interval, usual(r.Period))
	parts, ok := r.Interval.Split(r.Period)
	if !ok {
		p.Add("interval", "The period has more than %d intervals of a %s. Choose a longer interval or a shorter period",
			domain.MaxIntervals, r.Interval)
		return r, nil, p.Err()
	}
	r.Before = domain.DateRange{From: former(r.Period), Until: r.Period.From}
	r.Measures = reported[r.Name]
	return r, parts, nil
}

// usual is the interval that cuts a period into parts that a chart can show.
func usual(r domain.DateRange) domain.Interval {
	switch days := r.Until.Sub(r.From).Hours() / 24; {
	case days <= 62:
		return domain.IntervalDay
	case days <= 400:
		return domain.IntervalWeek
	}
	return domain.IntervalMonth
}

// former is where the period of the same length before one begins. Whole days stay whole days where clocks change.
func former(r domain.DateRange) time.Time {
	if domain.IntervalDay.Start(r.From).Equal(r.From) && domain.IntervalDay.Start(r.Until).Equal(r.Until) {
		return daysBefore(r.From, int(r.Until.Sub(r.From).Hours()/24+0.5))
	}
	return r.From.Add(-r.Until.Sub(r.From))
}

func daysBefore(at time.Time, days int) time.Time {
	year, month, day := at.Date()
	return domain.StartOfDay(year, month, day-days, at.Location())
}

// measure counts the parts, the whole and the period before in one statement.
func (v *Verbs) measure(ctx context.Context, workspaceID int64, r *Report, parts []domain.DateRange) error {
	rows, err := v.store.Read().Measured(ctx, workspaceID, r.Measures, append(parts, r.Before))
	if err != nil {
		return err
	}
	r.Total, r.Former = make([]int64, len(r.Measures)), rows[len(parts)]
	for i, part := range parts {
		r.Parts = append(r.Parts, ReportPart{part, rows[i]})
		for m, n := range rows[i] {
			r.Total[m] += n
		}
	}
	return nil
}

// explain adds what a report has beside its measures.
func (v *Verbs) explain(ctx context.Context, workspaceID int64, r *Report) (err error) {
	q := v.store.Read()
	switch r.Name {
	case ReportExecutions:
		r.Breakdown, err = q.ExecutionsByCapability(ctx, workspaceID, r.Period)
	case ReportContent:
		r.Breakdown, err = q.ContentByType(ctx, workspaceID, r.Period)
	case ReportPipeline:
		if r.Won, err = q.StageValues(ctx, workspaceID, domain.StageLaunched, r.Period); err != nil {
			return err
		}
		if r.Lost, err = q.StageValues(ctx, workspaceID, domain.StageClosedLost, r.Period); err != nil {
			return err
		}
		r.Stages, err = q.StageSums(ctx, workspaceID)
	case ReportOverview:
		if r.Grades, err = q.ListingGrades(ctx, workspaceID); err != nil {
			return err
		}
		if r.Stages, err = q.StageSums(ctx, workspaceID); err != nil {
			return err
		}
		r.Available, err = v.available(ctx, workspaceID)
	case ReportCredits:
		r.Available, err = v.available(ctx, workspaceID)
	}
	return err
}

func (v *Verbs) available(ctx context.Context, workspaceID int64) (int, error) {
	b, err := v.store.Read().CreditBalance(ctx, workspaceID)
	return b.Available, err
}
