// Package calendar has the rows about the calendar: events, what is done at their times,
// campaigns, exports and feed tokens.
package calendar

import (
	"slices"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/ops"
)

// Rows returns the area's rows. profile is asked for the time zone of days.
func Rows(v *calendar.Verbs, profile wire.Profile) []ops.Op {
	return slices.Concat(eventRows(v, profile), fileRows(v, profile), campaignRows(v), tokenRows(v))
}

const (
	root      = "/gtm-schedule"
	events    = root + "/events"
	campaigns = root + "/campaigns"
	tokens    = root + "/feed-tokens"
	tools     = "calendar"
	noun      = "calendar"
)

var (
	chapter = ops.Chapter{
		Name: "GTM Schedule",
		Description: "The calendar of the workspace: events, with or without something that is done at their time, and " +
			"content items with a date. Calendar programs subscribe to it with a feed token.",
	}
	chapterCampaigns = ops.Chapter{
		Name: "Campaigns",
		Description: "A campaign is a plan of events around a start day. Starting it puts them on the calendar; another " +
			"start day moves those that have not come.",
	}
)

// Range is a range of days of the calendar, with its filters.
type Range struct {
	StartDate  string                   `json:"start_date"            in:"query" limit:"moment"            doc:"First day (2026-03-01, in the workspace's time zone) or instant (RFC 3339)"`
	EndDate    string                   `json:"end_date"              in:"query" limit:"moment"            doc:"Last day or instant, included"`
	EventTypes []domain.CalendarType    `json:"event_types,omitempty" in:"query" limit:"calendar_types"    doc:"Only these types"`
	Channels   []domain.CalendarChannel `json:"channels,omitempty"    in:"query" limit:"calendar_channels" doc:"Only these channels"`
	CampaignID int64                    `json:"campaign_id,omitempty" in:"query" minimum:"1"               doc:"Only events of this campaign"`
}

func (r Range) list(span domain.DateRange) calendar.ListEvents {
	return calendar.ListEvents{Span: span, Types: r.EventTypes, Channels: r.Channels, CampaignID: r.CampaignID}
}

func (r Range) dates() wire.Days { return wire.Days{Start: r.StartDate, End: r.EndDate} }
