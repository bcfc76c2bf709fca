package domain

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// CampaignStatus says how far a campaign has come.
type CampaignStatus string

// The statuses of a campaign.
const (
	CampaignDraft     CampaignStatus = "draft"     // its events do not exist yet
	CampaignActive    CampaignStatus = "active"    // they are on the calendar
	CampaignPaused    CampaignStatus = "paused"    // they are, and nothing is done at their times
	CampaignCompleted CampaignStatus = "completed" // all of them are over
)

// Values lists the statuses.
func (CampaignStatus) Values() []string {
	return names([]CampaignStatus{CampaignDraft, CampaignActive, CampaignPaused, CampaignCompleted})
}

// CampaignEvent is an event of a campaign's plan: when it comes, counted from the start.
type CampaignEvent struct {
	Title       string          `json:"title"`
	Description string          `json:"description,omitempty"`
	Type        CalendarType    `json:"event_type"`
	Channel     CalendarChannel `json:"channel"`
	Day         int             `json:"day"`               // days after the start; negative: before it
	Time        string          `json:"time,omitempty"`    // of the clocks, 09:00; empty: the whole day
	Minutes     int             `json:"minutes,omitempty"` // length; 0: none
	Action      CalendarAction  `json:"action"`
}

// Campaign is a plan of calendar events around a start day. Starting it makes the events.
type Campaign struct {
	ID          int64
	WorkspaceID int64
	Name        string
	Goal        string
	StartDate   string // 2026-03-01
	EndDate     string // the last day; empty: none
	Timezone    string // an IANA name
	Template    string // slug of the workflow template of events whose action names none; empty: none
	Inputs      json.RawMessage
	Plan        []CampaignEvent
	Status      CampaignStatus
	CompletesAt time.Time // after which an active campaign is over once all its events are
	StartedAt   time.Time
	ResumedAt   time.Time // zero: it was never paused
	Owner       Starter
	Version     int
	CreatedBy   string
	Created     time.Time
	Updated     time.Time
}

// Bounds of campaigns.
const (
	MostCampaigns    = 1_000 // of one workspace
	MostCampaignDays = 366   // from the start to an event, before or after it
)

// Revision changes with everything about a campaign, for ETags.
func (c Campaign) Revision() int64 { return int64(c.Version) }

// Location returns the campaign's time zone.
func (c Campaign) Location() *time.Location {
	if zone, ok := TimeZone(c.Timezone); ok {
		return zone
	}
	return time.UTC
}

// On returns the time of an event of the plan, and its end. The clocks of the campaign's
// zone decide, by the rules of [ClockTime].
func (c Campaign) On(e CampaignEvent) (start, end time.Time, ok bool) {
	day, err := time.Parse(time.DateOnly, c.StartDate)
	if err != nil {
		return start, end, false
	}
	day = day.AddDate(0, 0, e.Day)
	zone := c.Location()
	if e.Time == "" {
		return StartOfDay(day.Year(), day.Month(), day.Day(), zone), time.Time{}, true
	}
	clock, ok := ParseClock(e.Time)
	if !ok {
		return start, end, false
	}
	start = FromWall(day.Add(clock), zone)
	if e.Minutes > 0 {
		end = start.Add(time.Duration(e.Minutes) * time.Minute)
	}
	return start, end, true
}

// ParseClock reads a time of the day: 09:00. It returns how long after midnight it is.
func ParseClock(text string) (time.Duration, bool) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true
}

// Event returns the calendar event of an entry of the plan. Its owner is the campaign's.
func (c Campaign) Event(e CampaignEvent) (CalendarEvent, bool) {
	start, end, ok := c.On(e)
	out := CalendarEvent{
		WorkspaceID: c.WorkspaceID, CampaignID: c.ID, Title: e.Title, Description: e.Description, StartsAt: start,
		EndsAt: end, AllDay: e.Time == "", Timezone: c.Timezone, Type: e.Type, Channel: e.Channel, PlannedAt: start,
		Status: CalendarConfirmed, Action: e.Action, Owner: c.Owner, CreatedBy: c.CreatedBy,
	}
	if e.Action.Kind == ActionTemplate && e.Action.Template == "" {
		out.Action.Template = c.Template
		if len(e.Action.Inputs) == 0 {
			out.Action.Inputs = c.Inputs
		}
	}
	return out, ok
}

// Over returns the first instant after the campaign: after its last day, and after the last
// event of its plan.
func (c Campaign) Over() time.Time {
	var over time.Time
	if d, err := time.Parse(time.DateOnly, c.EndDate); err == nil {
		over = StartOfDay(d.Year(), d.Month(), d.Day()+1, c.Location())
	}
	for _, e := range c.Plan {
		if x, ok := c.Event(e); ok && x.Until().After(over) {
			over = x.Until()
		}
	}
	return over
}

// CheckDay notes a fault unless the text is a day such as 2026-03-01.
func CheckDay(p *Problems, path, day string) (time.Time, bool) {
	if strings.TrimSpace(day) == "" {
		p.Required(path)
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		p.Format(path, "a day such as 2026-02-26")
		return time.Time{}, false
	}
	return t, true
}

// MustBe returns CONFLICT unless the campaign has one of the statuses. what is what it is
// about to do: "be paused".
func (c Campaign) MustBe(what string, statuses ...CampaignStatus) error {
	for _, s := range statuses {
		if c.Status == s {
			return nil
		}
	}
	return Errorf(CodeConflict, "This campaign is %s, so it cannot %s. %s", c.Status, what, fmt.Sprintf(
		"Only one that is %s can.", Alternatives(names(statuses))))
}
