package calendar_test

import (
	"context"
	"os"
	"reflect"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

// verbs has a method for each noun of the area.
type verbs struct{}

func must(k K, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}

// meeting is an event that does nothing.
func meeting() calendar.EventEdit {
	return calendar.EventEdit{Title: new("Stand-up"), ScheduledAt: new("2031-03-10T09:00"), Timezone: new("Europe/Berlin")}
}

func created(k K, in calendar.EventEdit) domain.CalendarEvent {
	k.T.Helper()
	e, err := k.Calendar.CreateEvent(k.Ctx(), in)
	must(k, err)
	return e.Event
}

// plan is a campaign of two events.
func plan() calendar.CampaignEdit {
	return calendar.CampaignEdit{
		Name: new("Launch"), StartDate: new("2031-03-10"), Timezone: new("Europe/Berlin"), Plan: &[]domain.CampaignEvent{
			{Title: "Teaser", Type: domain.CalendarSocial, Channel: domain.OnLinkedIn, Day: -3, Time: "09:00", Minutes: 30},
			{Title: "Launch day", Type: domain.CalendarLaunch},
		},
	}
}

// campaign is a campaign of ours with a status.
func campaign(k K, status domain.CampaignStatus) int64 {
	k.T.Helper()
	c, err := k.Calendar.CreateCampaign(k.Ctx(), plan())
	must(k, err)
	if status != domain.CampaignDraft {
		_, err = k.Calendar.StartCampaign(k.Ctx(), verb.ID{ID: c.ID})
		must(k, err)
	}
	if status == domain.CampaignPaused {
		_, err = k.Calendar.PauseCampaign(k.Ctx(), verb.ID{ID: c.ID})
		must(k, err)
	}
	return c.ID
}

func event(k K) int64 { return created(k, meeting()).ID }

func id(x X) string { return domain.CalendarEventID(x.Made) }

func reads(make func(k K) int64, call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Scope: domain.ScopeRead, ByID: true, Make: make, Call: call}
}

func writes(make func(k K) int64, call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Scope: domain.ScopeWrite, Event: true, ByID: make != nil, Make: make, Call: call}
}

func month() calendar.ListEvents {
	at := domain.StartOfDay(2031, 3, 1, time.UTC)
	return calendar.ListEvents{Span: domain.DateRange{From: at, Until: at.AddDate(0, 1, 0)}, Page: enginetest.FirstPage()}
}

func (verbs) Events() enginetest.Verbs {
	return enginetest.Verbs{
		"FireEvents": {Open: true},
		"Events": enginetest.Read(func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.Events(ctx,
				month()))
		}),
		"Export": enginetest.Read(func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.Export(ctx,
				month()))
		}),
		"ICS": enginetest.Read(func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.ICS(ctx, nil, "x.ics"))
		}),
		"Event": reads(event, func(k K, ctx C, x X) error { return enginetest.Second(k.Calendar.Event(ctx, id(x))) }),
		"EventHistory": reads(event, func(k K, ctx C, x X) error {
			return enginetest.Second(k.Calendar.EventHistory(ctx, id(x), enginetest.FirstPage()))
		}),
		"CreateEvent": writes(nil, func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.CreateEvent(ctx, meeting()))
		}),
		"EditEvent": writes(event, func(k K, ctx C, x X) error {
			return enginetest.Second(k.Calendar.EditEvent(ctx, calendar.EditEvent{
				ID: id(x), EventEdit: calendar.EventEdit{Title: new("Other")},
			}))
		}),
		"DeleteEvent": writes(event, func(k K, ctx C, x X) error {
			return k.Calendar.DeleteEvent(ctx, calendar.DeleteEvent{ID: id(x)})
		}),
	}
}

func (verbs) Campaigns() enginetest.Verbs {
	of := func(s domain.CampaignStatus) func(k K) int64 { return func(k K) int64 { return campaign(k, s) } }
	draft := of(domain.CampaignDraft)
	return enginetest.Verbs{
		"Campaigns": enginetest.Read(func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.Campaigns(ctx, calendar.ListCampaigns{Page: enginetest.FirstPage()}))
		}),
		"Campaign": reads(draft, func(k K, ctx C, x X) error { return enginetest.Second(k.Calendar.Campaign(ctx, x.Made)) }),
		"CreateCampaign": writes(nil, func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.CreateCampaign(ctx, plan()))
		}),
		"EditCampaign": writes(draft, func(k K, ctx C, x X) error {
			return enginetest.Second(k.Calendar.EditCampaign(ctx, calendar.EditCampaign{
				ID: x.Made, CampaignEdit: calendar.CampaignEdit{Goal: new("More")},
			}))
		}),
		"StartCampaign": writes(draft, func(k K, ctx C, x X) error {
			return enginetest.Second(k.Calendar.StartCampaign(ctx, verb.ID{ID: x.Made}))
		}),
		"PauseCampaign": writes(of(domain.CampaignActive), func(k K, ctx C, x X) error {
			return enginetest.Second(k.Calendar.PauseCampaign(ctx, verb.ID{ID: x.Made}))
		}),
		"ResumeCampaign": writes(of(domain.CampaignPaused), func(k K, ctx C, x X) error {
			return enginetest.Second(k.Calendar.ResumeCampaign(ctx, verb.ID{ID: x.Made}))
		}),
		"DeleteCampaign": writes(draft, func(k K, ctx C, x X) error {
			return k.Calendar.DeleteCampaign(ctx, verb.ID{ID: x.Made})
		}),
	}
}

func (verbs) Tokens() enginetest.Verbs {
	token := func(k K) int64 {
		f, err := k.Calendar.CreateFeedToken(k.Ctx(), calendar.CreateFeedToken{Name: "Team"})
		must(k, err)
		return f.Token.ID
	}
	return enginetest.Verbs{
		"Feed": {Open: true},
		"FeedTokens": enginetest.Read(func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.FeedTokens(ctx, enginetest.FirstPage()))
		}),
		"CreateFeedToken": writes(nil, func(k K, ctx C, _ X) error {
			return enginetest.Second(k.Calendar.CreateFeedToken(ctx, calendar.CreateFeedToken{Name: "Team"}))
		}),
		"RevokeFeedToken": writes(token, func(k K, ctx C, x X) error { return k.Calendar.RevokeFeedToken(ctx, x.Made) }),
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*calendar.Verbs](), verbs{}) }
