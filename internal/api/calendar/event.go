package calendar

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// EventResource is an entry of the calendar. Its id is evt_123 for an event, and item_101 for
// a content item, which the calendar only shows.
type EventResource struct {
	Type       string          `json:"type"       doc:"gtm_event"`
	ID         string          `json:"id"         doc:"evt_123, or item_101 for a content item"`
	Attributes EventAttributes `json:"attributes"`
	Links      EventLinks      `json:"links"`
}

// EventLinks are addresses on this server.
type EventLinks struct {
	Self string `json:"self" doc:"This entry"`
	ICS  string `json:"ics"  doc:"The entry as a file of iCalendar"`
}

// EventAttributes is an entry of the calendar.
type EventAttributes struct {
	Title          string                 `json:"title"`
	Description    string                 `json:"description"`
	ScheduledAt    time.Time              `json:"scheduled_at"     doc:"When it begins; of whole days, the first instant of the first one"`
	EndAt          *time.Time             `json:"end_at"           doc:"When it is over; of whole days, the first instant of the day after; null: it has no length"`
	AllDay         bool                   `json:"all_day"`
	Timezone       string                 `json:"timezone"         doc:"IANA name"`
	EventType      domain.CalendarType    `json:"event_type"`
	EventTypeLabel string                 `json:"event_type_label"`
	Channel        domain.CalendarChannel `json:"channel"`
	ChannelLabel   string                 `json:"channel_label"`
	Color          string                 `json:"color"            doc:"#RRGGBB; the type's, where it has none of its own"`
	Icon           string                 `json:"icon"             doc:"Name of an icon; the type's, where it has none of its own"`
	Status         domain.CalendarStatus  `json:"status"`
	ReadOnly       bool                   `json:"read_only"        doc:"True for a content item: change its dates instead"`
	CampaignID     *int64                 `json:"campaign_id"`
	ContentID      *int64                 `json:"content_id"       doc:"The item that it is, or that it publishes"`
	Dates          EventDates             `json:"dates"            doc:"Planned, scheduled and published, apart"`
	Action         ops.Maybe[EventAction] `json:"action"           doc:"What is done at its time; null: nothing"`
	Version        *int                   `json:"version"          doc:"Raised by each change; null for a content item"`
	CreatedBy      string                 `json:"created_by"`
	CreatedAt      time.Time              `json:"created_at"`
	UpdatedAt      time.Time              `json:"updated_at"`
}

// EventDates are the three dates of an entry.
type EventDates struct {
	PlannedAt   *time.Time `json:"planned_at"   doc:"By the plan of its campaign or item"`
	ScheduledAt *time.Time `json:"scheduled_at" doc:"When it stands on the calendar"`
	PublishedAt *time.Time `json:"published_at" doc:"When its item was published"`
	SlippedDays *int       `json:"slipped_days" doc:"Days later than planned, negative: earlier; null: nothing was planned"`
}

// EventAction is what is done at the time of an event, and what came of it.
type EventAction struct {
	Type        domain.ActionKind  `json:"type"`
	ContentID   *int64             `json:"content_id"        doc:"Of publish"`
	Channels    []string           `json:"channels"          doc:"Of publish: slugs; empty: those that take the item"`
	Template    *string            `json:"template"          doc:"Of template: its slug"`
	Inputs      ops.Object         `json:"inputs"            doc:"Of template"`
	State       domain.ActionState `json:"state"`
	Reason      *string            `json:"reason"            doc:"What came of it, or why nothing did"`
	Paused      bool               `json:"paused"            doc:"Its campaign is paused, so nothing is done"`
	ExecutionID *int64             `json:"execution_id"      doc:"That it started"`
	Published   *int               `json:"published_version" doc:"The version of the item that it published"`
}

// OutcomeAttributes is a time at which an action was due, and what came of it.
type OutcomeAttributes struct {
	DueAt       time.Time          `json:"due_at"`
	Action      domain.ActionKind  `json:"action"`
	State       domain.ActionState `json:"state"             doc:"done, failed or missed"`
	Reason      string             `json:"reason"`
	ContentID   *int64             `json:"content_id"`
	Published   *int               `json:"published_version"`
	ExecutionID *int64             `json:"execution_id"`
	At          time.Time          `json:"at"`
}

// EventID names an entry of the calendar in the path.
type EventID struct {
	ID string `json:"id" in:"path" limit:"calendar_id" doc:"evt_123, or item_101 for a content item"`
}

// ActionBody is what is done at the time of an event, as callers give it.
type ActionBody struct {
	Type      domain.ActionKind `json:"type,omitempty"       doc:"publish: a content item; template: start a workflow template"`
	ContentID int64             `json:"content_id,omitempty" minimum:"1"             doc:"Of publish: the item, which is published in the version that it has then"`
	Channels  []string          `json:"channels,omitempty"   limit:"action_channels" doc:"Of publish: slugs of channels; left out: those that take the item"`
	Template  string            `json:"template,omitempty"   limit:"filter"          doc:"Of template: its slug or id"`
	Inputs    ops.Object        `json:"inputs,omitempty"     doc:"Of template: its inputs. Texts may use the event: {{ event.title }}"`
}

func (a *ActionBody) action() *domain.CalendarAction {
	if a == nil {
		return nil
	}
	return &domain.CalendarAction{
		Kind: a.Type, ContentID: a.ContentID, Channels: a.Channels, Template: a.Template, Inputs: json.RawMessage(a.Inputs),
	}
}

// EventBody is what callers may say about an event beside its title and time.
type EventBody struct {
	Description *string                 `json:"description,omitempty" null:"clears" limit:"calendar_description"`
	EndAt       *string                 `json:"end_at,omitempty"      null:"clears" limit:"moment"         doc:"When it is over, as scheduled_at; of whole days, the last day"`
	AllDay      *bool                   `json:"all_day,omitempty"     doc:"Whole days; true where scheduled_at is a day"`
	Timezone    *string                 `json:"timezone,omitempty"    limit:"timezone"                     doc:"IANA name; by default the workspace's"`
	EventType   *domain.CalendarType    `json:"event_type,omitempty"  doc:"other, where it is left out"`
	Channel     *domain.CalendarChannel `json:"channel,omitempty"     doc:"other, where it is left out"`
	Color       *string                 `json:"color,omitempty"       null:"clears" limit:"calendar_color" doc:"#RRGGBB; null for the type's"`
	Icon        *string                 `json:"icon,omitempty"        null:"clears" limit:"calendar_icon"  doc:"Name of an icon; null for the type's"`
	CampaignID  *int64                  `json:"campaign_id,omitempty" null:"clears" minimum:"1"            doc:"A campaign that has started"`
	Action      *ActionBody             `json:"action,omitempty"      null:"clears"                        doc:"What is done at its time, with the rights that who says so has then; null: nothing"`
}

func (b EventBody) edit() calendar.EventEdit {
	return calendar.EventEdit{
		Description: b.Description, EndAt: b.EndAt, AllDay: b.AllDay, Timezone: b.Timezone, Type: b.EventType,
		Channel: b.Channel, Color: b.Color, Icon: b.Icon, CampaignID: b.CampaignID, Action: b.Action.action(),
	}
}

type createEvent struct {
	Title       string `json:"title"        limit:"calendar_title"`
	ScheduledAt string `json:"scheduled_at" limit:"moment" doc:"An instant (2026-03-10T14:00:00Z), a time of the clocks in its time zone (2026-03-10T15:00), or a day (2026-03-10)"`
	EventBody
}

type editEvent struct {
	EventID
	Title       *string `json:"title,omitempty"        limit:"calendar_title"`
	ScheduledAt *string `json:"scheduled_at,omitempty" limit:"moment" doc:"An instant, a time of the clocks in its time zone, or a day; the length of the event stays"`
	EventBody
	Status *domain.CalendarStatus `json:"status,omitempty" doc:"cancelled: nothing is done, and subscribers see that it is off"`
	ops.Conditional
}

type deleteEvent struct {
	EventID
	ops.Conditional
}

type listHistory struct {
	EventID
	ops.Paging
}

var (
	sampleEvent = domain.CalendarEvent{
		ID: 123, Title: "Cloud cost webinar", Description: "Live, with questions.", StartsAt: wire.SampleTime(),
		EndsAt: wire.SampleTime().Add(time.Hour), Timezone: "America/New_York", Type: domain.CalendarWebinar,
		Channel: domain.OnZoom, Status: domain.CalendarConfirmed, Version: 1, CreatedBy: "Ada",
		Created: wire.SampleTime(), Updated: wire.SampleTime(),
	}
	samplePost = domain.CalendarEvent{
		ID: 124, Title: "Publish the guide", StartsAt: wire.SampleTime(), Timezone: "Europe/Berlin",
		Type: domain.CalendarBlogPost, Channel: domain.OnBlog, Status: domain.CalendarConfirmed, Version: 2, CreatedBy: "Ada",
		CampaignID: 3, PlannedAt: wire.SampleTime().AddDate(0, 0, -2),
		Action: domain.CalendarAction{Kind: domain.ActionPublish, ContentID: 101}, State: domain.ActionPending,
		Created: wire.SampleTime(), Updated: wire.SampleTime(),
	}
	sampleEntry  = domain.CalendarEntry{Event: sampleEvent}
	sampleList   = []domain.CalendarEntry{sampleEntry, {Event: samplePost, Item: wire.SampleItem()}}
	sampleID     = map[string]any{"id": "evt_123"}
	sampleRange  = map[string]any{"start_date": "2026-02-01", "end_date": "2026-02-28"}
	sampleResult = domain.CalendarOutcome{
		ID: 7, EventID: 124, DueAt: wire.SampleTime(), Kind: domain.ActionPublish, State: domain.ActionDone,
		Reason: "The item was published.", ContentID: 101, Published: 4, At: wire.SampleTime(),
	}
)

// entry shows an entry of the calendar.
func entry(x domain.CalendarEntry) EventResource {
	if x.Event.ID == 0 {
		return itemEntry(x.Item)
	}
	e := x.Event
	id := domain.CalendarEventID(e.ID)
	a := EventAttributes{
		Title: e.Title, Description: e.Description, ScheduledAt: e.StartsAt.UTC(), EndAt: wire.Time(e.EndsAt),
		AllDay: e.AllDay, Timezone: e.Timezone, EventType: e.Type, EventTypeLabel: e.Type.Label(), Channel: e.Channel,
		ChannelLabel: e.Channel.Label(), Color: e.ShownColor(), Icon: e.ShownIcon(), Status: e.Status,
		CampaignID: wire.Optional(e.CampaignID), ContentID: wire.Optional(e.Action.ContentID),
		Dates: dates(x, e.Location()), Version: wire.Optional(e.Version), CreatedBy: e.CreatedBy,
		CreatedAt: e.Created.UTC(), UpdatedAt: e.Updated.UTC(),
	}
	if e.Action.Kind != "" {
		a.Action.Value = &EventAction{
			Type: e.Action.Kind, ContentID: wire.Optional(e.Action.ContentID), Channels: wire.List(e.Action.Channels),
			Template: wire.Optional(e.Action.Template), Inputs: object(e.Action.Inputs), State: e.State,
			Reason: wire.Optional(e.Reason), Paused: e.Paused, ExecutionID: wire.Optional(e.ExecutionID),
			Published: wire.Optional(e.Published),
		}
	}
	return resource(id, a)
}

func object(raw json.RawMessage) ops.Object {
	if len(raw) == 0 {
		return ops.Object(`{}`)
	}
	return ops.Object(raw)
}

func itemEntry(c domain.ContentItem) EventResource {
	t, ch := domain.CalendarTypeOf(c.Type), domain.CalendarChannelOf(c)
	return resource(domain.CalendarItemID(c.ID), EventAttributes{
		Title: c.Title, ScheduledAt: domain.ItemDate(c).UTC(), Timezone: "UTC", EventType: t, EventTypeLabel: t.Label(),
		Channel: ch, ChannelLabel: ch.Label(), Color: t.Color(), Icon: t.Icon(), Status: domain.CalendarConfirmed,
		ReadOnly: true, ContentID: wire.Optional(c.ID), Dates: dates(domain.CalendarEntry{Item: c}, time.UTC),
		CreatedBy: "", CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	})
}

func resource(id string, a EventAttributes) EventResource {
	self := ops.Base + events + "/" + id
	return EventResource{Type: "gtm_event", ID: id, Attributes: a, Links: EventLinks{Self: self, ICS: self + "/ics"}}
}

// dates shows the dates of an entry. A plan that passed without anything slips each day only
// on the pages, which know what day it is: a view must be pure.
func dates(x domain.CalendarEntry, zone *time.Location) EventDates {
	d := x.Dates()
	out := EventDates{wire.Time(d.Planned), wire.Time(d.Scheduled), wire.Time(d.Published), nil}
	if days, ok := d.Slipped(time.Time{}, zone); ok {
		out.SlippedDays = &days
	}
	return out
}

func viewEvent(r *ops.Reply, x domain.CalendarEntry) EventResource {
	if x.Event.ID != 0 {
		r.Revision = wire.Number(x.Event.Revision())
		r.Location = ops.Base + events + "/" + domain.CalendarEventID(x.Event.ID)
	}
	return entry(x)
}

func eventRows(v *calendar.Verbs, profile wire.Profile) []ops.Op {
	return []ops.Op{
		listEventsRow(v, profile), getEventRow(v), createEventRow(v), editEventRow(v), deleteEventRow(v), historyRow(v),
	}
}

type listEvents struct {
	Range
	ops.LongPaging
}

// FileLinks are the addresses of the same entries as files.
type FileLinks struct {
	ICS string `json:"ics_download" doc:"The same entries in iCalendar"`
	CSV string `json:"csv_download" doc:"The same entries as a table"`
}

// page is a page of the calendar, with the range that it is of.
type page struct {
	domain.List[domain.CalendarEntry]
	of Range
}

func listEventsRow(v *calendar.Verbs, profile wire.Profile) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_calendar_events",
		Route: ops.Route{Method: http.MethodGet, Path: events},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "List the calendar",
			Description: "Events, and content items with a date, that overlap a range of days, the earliest first. An item " +
				"stands at the day on which it was published, else scheduled, else planned. Lists take several values: " +
				"event_types=webinar,launch.",
			Links: FileLinks{}, Example: sampleRange,
		},
		Tool: ops.Tool{Set: tools, Brief: []string{
			"title", "scheduled_at", "end_at", "all_day", "event_type", "channel", "status", "content_id", "action",
		}},
		Command: ops.Command{
			Noun: noun, Verb: "list", Columns: []string{"id", "scheduled_at", "event_type", "channel", "title"},
		},
	}, func(ctx context.Context, in listEvents) (page, error) {
		span, err := in.dates().Read(ctx, profile)
		if err != nil {
			return page{}, err
		}
		ask := in.list(span)
		ask.Page = domain.Page{Number: in.Page, Size: in.PerPage}
		l, err := v.Events(ctx, ask)
		return page{l, in.Range}, err
	}, func(r *ops.Reply, p page) []EventResource {
		r.Total = p.Total
		r.Links = FileLinks{ICS: p.of.export("ics"), CSV: p.of.export("csv")}
		return wire.Each(p.Items, entry)
	}, page{
		domain.List[domain.CalendarEntry]{Items: sampleList, Total: 2}, Range{StartDate: "2026-02-01", EndDate: "2026-02-28"},
	})
}

func getEventRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_calendar_event",
		Route: ops.Route{Method: http.MethodGet, Path: events + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Get a calendar event",
			Description: "An event with what is done at its time and what came of it, or a content item with its dates.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: sampleID,
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: noun, Verb: "get"},
	}, func(ctx context.Context, in EventID) (domain.CalendarEntry, error) { return v.Event(ctx, in.ID) },
		viewEvent, sampleEntry)
}

func createEventRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_calendar_event",
		Route:          ops.Route{Method: http.MethodPost, Path: events, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Create a calendar event",
			Description: "With an action, something is done at its time: publish takes the publish scope, template the " +
				"scopes of what the template may do. What is due while no server runs is done up to 24 hours late, and noted " +
				"as missed after that. A time that the clocks skip is right after the gap; one that they show twice, the first.",
			Errors: []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"title": sampleEvent.Title, "scheduled_at": "2031-03-10T15:00", "end_at": "2031-03-10T16:00",
				"timezone": sampleEvent.Timezone, "event_type": "webinar", "channel": "zoom",
			},
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: noun, Verb: "create"},
	}, func(ctx context.Context, in createEvent) (domain.CalendarEntry, error) {
		e := in.edit()
		e.Title, e.ScheduledAt = &in.Title, &in.ScheduledAt
		return v.CreateEvent(ctx, e)
	}, viewEvent, sampleEntry)
}

func editEventRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_calendar_event",
		Route: ops.Route{Method: http.MethodPatch, Path: events + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Change, move or cancel a calendar event",
			Description: "The caller who changes what it does, or when, owns it from then on: its action has that caller's " +
				"rights. What was done is not done again at a new time, unless action is given again; what failed or " +
				"was missed is.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodePreconditionFailed},
			Example: map[string]any{"id": "evt_123", "scheduled_at": "2031-03-11T15:00"},
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: noun, Verb: "edit"},
	}, func(ctx context.Context, in editEvent) (domain.CalendarEntry, error) {
		e := in.edit()
		e.Title, e.ScheduledAt, e.Status = in.Title, in.ScheduledAt, in.Status
		return v.EditEvent(ctx, calendar.EditEvent{
			ID: in.ID, EventEdit: e, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewEvent, sampleEntry)
}

func deleteEventRow(v *calendar.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_calendar_event",
		Route: ops.Route{Method: http.MethodDelete, Path: events + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Delete a calendar event",
			Description: "With its history. What it has started goes on. To let subscribers see that it is off, set its " +
				"status to cancelled instead.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodePreconditionFailed},
			Example: sampleID,
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: noun, Verb: "delete"},
	}, func(ctx context.Context, in deleteEvent) error {
		return v.DeleteEvent(ctx, calendar.DeleteEvent{
			ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	})
}

func historyRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_calendar_event_history",
		Route: ops.Route{Method: http.MethodGet, Path: events + "/{id}/history"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapter, Summary: "List what came of a calendar event",
			Description: "Each time at which its action was due, newest first, and what came of it.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: sampleID,
		},
		Tool: ops.Tool{Set: tools},
		Command: ops.Command{
			Noun: noun, Verb: "history", Columns: []string{"due_at", "action", "state", "execution_id", "reason"},
		},
	}, func(ctx context.Context, in listHistory) (domain.List[domain.CalendarOutcome], error) {
		return v.EventHistory(ctx, in.ID, wire.PageOf(in.Paging))
	}, func(r *ops.Reply, l domain.List[domain.CalendarOutcome]) []wire.Resource[OutcomeAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, outcome)
	}, domain.List[domain.CalendarOutcome]{Items: []domain.CalendarOutcome{sampleResult}, Total: 1})
}

func outcome(o domain.CalendarOutcome) wire.Resource[OutcomeAttributes] {
	return wire.Resource[OutcomeAttributes]{Type: "gtm_outcome", ID: o.ID, Attributes: OutcomeAttributes{
		DueAt: o.DueAt.UTC(), Action: o.Kind, State: o.State, Reason: o.Reason, ContentID: wire.Optional(o.ContentID),
		Published: wire.Optional(o.Published), ExecutionID: wire.Optional(o.ExecutionID), At: o.At.UTC(),
	}}
}
