// Package schedule puts an item on the calendar, to be published at a time. No model is
// called.
package schedule

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
)

// Slug names the capability.
const Slug = "schedule-content"

//go:embed settings.json
var schema []byte

// Settings say what to publish, when, and where; see settings.json.
type Settings struct {
	ContentID   int64    `json:"content_id"`
	ScheduledAt string   `json:"scheduled_at"`
	Timezone    string   `json:"timezone"`
	Channels    []string `json:"channels"`
	Title       string   `json:"title"`
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             18,
			Slug:           Slug,
			Name:           "Content Scheduler",
			Description:    "Put an item on the calendar, to be published at a time",
			Category:       domain.CategoryPublishing,
			Effects:        []domain.EffectKind{domain.EffectSchedule},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(),
		},
		Check: check,
		Title: func(s Settings) string { return fmt.Sprintf("Schedule for item %d", s.ContentID) },
		Reads: func(s Settings) []int64 { return []int64{s.ContentID} },
		Plan: func(Settings) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "schedule", Name: "Calendar", Kind: "schedule", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[Settings]{"schedule": schedule},
	})
}

// at reads the time of the settings, in the time zone that they name.
func (s Settings) at() (at time.Time, zone *time.Location, ok bool) {
	if zone, ok = domain.TimeZone(s.Timezone); !ok {
		return at, zone, false
	}
	at, wholeDay, ok := domain.ParseMoment(s.ScheduledAt, zone)
	return at, zone, ok && !wholeDay && at.Year() >= 1970
}

func check(s Settings, p *domain.Problems) {
	if _, ok := domain.TimeZone(s.Timezone); !ok {
		p.Format("settings.timezone", "an IANA time zone such as Europe/Berlin")
		return
	}
	if _, _, ok := s.at(); !ok {
		p.Format("settings.scheduled_at",
			"a time such as 2026-02-26T10:00:00Z, or a time of the clocks such as 2026-02-26T10:00")
	}
}

// Scheduled is the step's output.
type Scheduled struct {
	ContentID   int64    `json:"content_id"`
	Title       string   `json:"title"`
	ScheduledAt string   `json:"scheduled_at"` // RFC 3339, in the time zone
	Timezone    string   `json:"timezone"`
	Channels    []string `json:"channels"` // that were chosen; empty: those that take the item
}

// schedule refuses an item without text. Whether its time lies ahead is checked where the
// event is stored; whether it may be published, when that time has come.
func schedule(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, ok := in.Items[s.ContentID]
	if !ok {
		return capability.Result{}, domain.NotFound("Content item")
	}
	if strings.TrimSpace(item.Body) == "" {
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"“%s” has no text yet, so it was not scheduled. Write one, then schedule it.", item.Title)
	}
	at, zone, ok := s.at()
	if !ok {
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"%q is no time of a day in the time zone %q.", s.ScheduledAt, s.Timezone)
	}
	if s.Channels == nil {
		s.Channels = []string{}
	}
	title := strings.TrimSpace(s.Title)
	if title == "" {
		title = domain.FoldLine(item.Title)
	}
	return capability.Result{
		Output: Scheduled{item.ID, title, at.In(zone).Format(time.RFC3339), s.Timezone, s.Channels},
		Effects: []capability.Effect{{Schedule: &capability.ScheduleItem{
			ContentID: item.ID, Title: title, At: at, Timezone: s.Timezone, Channels: s.Channels,
		}}},
	}, nil
}
