package partner_test

import (
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
)

// zoned is the first instant of a day in a zone.
func zoned(t *testing.T, zone, day string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return domain.StartOfDay(at.Year(), at.Month(), at.Day(), loc)
}

// Intervals are whole days, weeks and months of the zone, also where clocks change, and leave nothing out.
func TestIntervals(t *testing.T) {
	for _, tc := range []struct {
		zone, from, until string
		interval          domain.Interval
		parts             int
		hours             float64 // of the second part
	}{
		{"UTC", "2026-02-01", "2026-03-01", domain.IntervalDay, 28, 24},
		{"Europe/Berlin", "2026-03-28", "2026-03-31", domain.IntervalDay, 3, 23},
		{"Europe/Berlin", "2026-10-24", "2026-10-27", domain.IntervalDay, 3, 25},
		{"Europe/Berlin", "2026-03-04", "2026-04-01", domain.IntervalWeek, 5, 7 * 24},
		{"America/New_York", "2026-01-15", "2026-04-02", domain.IntervalMonth, 4, 28 * 24},
		{"Pacific/Apia", "2011-12-29", "2012-01-01", domain.IntervalDay, 2, 24}, // 30 December was left out
	} {
		r := domain.DateRange{From: zoned(t, tc.zone, tc.from), Until: zoned(t, tc.zone, tc.until)}
		parts, ok := tc.interval.Split(r)
		if !ok || len(parts) != tc.parts || parts[1].Until.Sub(parts[1].From).Hours() != tc.hours {
			t.Errorf("%+v: %v", tc, parts)
			continue
		}
		at := r.From
		for _, p := range parts {
			if !p.From.Equal(at) || !p.From.Before(p.Until) {
				t.Errorf("%+v: %v begins at %v", tc, p, at)
			}
			at = p.Until
		}
		if !at.Equal(r.Until) {
			t.Errorf("%+v: it ends at %v", tc, at)
		}
	}
}

func TestReports(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		x := k.Things()
		lost := deal(k)
		must(k, second(k.Partner.MoveOpportunity(k.Ctx(), partner.MoveOpportunity{
			ID: lost, Stage: domain.StageClosedLost, LostReason: "Price",
		})))
		inbox(k)
		for _, name := range partner.ReportOverview.Values() {
			r, err := k.Partner.Analyze(k.Ctx(), partner.Analyze{Report: partner.ReportName(name)})
			must(k, err)
			if len(r.Parts) != 30 || len(r.Total) != len(r.Measures) || !r.Before.Until.Equal(r.Period.From) {
				t.Errorf("%s: %d parts, %v", name, len(r.Parts), r)
			}
			for i := range r.Measures {
				if r.Former[i] != 0 {
					t.Errorf("%s: %d %s before anything was", name, r.Former[i], r.Measures[i])
				}
			}
			theirs, err := k.Partner.Analyze(enginetest.As(k.Theirs.ID, domain.RoleOwner),
				partner.Analyze{Report: partner.ReportName(name)})
			must(k, err)
			for i, n := range theirs.Total {
				if n != 0 || len(theirs.Breakdown)+len(theirs.Stages)+len(theirs.Lost)+len(theirs.Grades) > 0 {
					t.Errorf("%s: another workspace sees %d %s", name, n, theirs.Measures[i])
				}
			}
		}
		r, err := k.Partner.Analyze(k.Ctx(), partner.Analyze{Report: partner.ReportExecutions})
		must(k, err)
		if r.Total[0] != 2 || r.Total[3] != 1 || len(r.Breakdown) != 1 || r.Breakdown[0].N != 2 {
			t.Errorf("%+v of %+v", r, x)
		}
		if r, err = k.Partner.Analyze(k.Ctx(), partner.Analyze{Report: partner.ReportPipeline}); err != nil ||
			r.Total[0] != 1 || r.Total[1] != 1 || r.Total[3] != 1 || r.Lost[0].Value.String() != "12000.50" {
			t.Errorf("%+v, %v", r, err)
		}
		file, err := k.Partner.AnalyzeCSV(k.Ctx(), partner.Analyze{Report: partner.ReportExecutions, Timezone: "Asia/Tokyo"})
		if err != nil || !strings.HasPrefix(file.Body, "from,until,executions,completed,failed,cancelled\n") ||
			strings.Count(file.Body, "T00:00:00+09:00,") != 60 {
			t.Errorf("%s, %v", file.Body, err)
		}
	})
}

func TestReportsRefuse(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for want, in := range map[string]partner.Analyze{
			"interval": {Interval: "hour"},
			"timezone": {Timezone: "Mars/Olympus"},
			"report":   {Report: "weather"},
			"from":     {Period: domain.DateRange{From: start, Until: start}},
		} {
			if _, err := k.Partner.Analyze(k.Ctx(), in); len(fields(err)) != 1 || fields(err)[0] != want {
				t.Errorf("%+v: %v", in, err)
			}
		}
		_, err := k.Partner.Analyze(k.Ctx(), partner.Analyze{
			Period:   domain.DateRange{From: start, Until: start.AddDate(2, 0, 0)},
			Interval: domain.IntervalDay,
		})
		if len(fields(err)) != 1 || fields(err)[0] != "interval" {
			t.Errorf("730 days: %v", err)
		}
	})
}
