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

// CampaignAttributes is a campaign.
type CampaignAttributes struct {
	Name      string                `json:"name"`
	Goal      string                `json:"goal"`
	Status    domain.CampaignStatus `json:"status"`
	StartDate string                `json:"start_date" doc:"From which the days of its events count"`
	EndDate   *string               `json:"end_date"   doc:"The last day; null: it ends with its last event"`
	Timezone  string                `json:"timezone"   doc:"IANA name"`
	Template  *string               `json:"template"   doc:"Workflow template of actions that name none"`
	Inputs    ops.Object            `json:"inputs"     doc:"Of that template"`
	Events    []PlannedEvent        `json:"events"     doc:"The plan"`
	StartedAt *time.Time            `json:"started_at"`
	Version   int                   `json:"version"    doc:"Raised by each change"`
	CreatedBy string                `json:"created_by"`
	CreatedAt time.Time             `json:"created_at"`
	UpdatedAt time.Time             `json:"updated_at"`
	Timeline  []TimelineEntry       `json:"timeline"   doc:"Planned, scheduled and published, apart; empty in lists"`
}

// PlannedEvent is an event of a campaign's plan.
type PlannedEvent struct {
	Title       string                 `json:"title"`
	Description string                 `json:"description"`
	EventType   domain.CalendarType    `json:"event_type"`
	Channel     domain.CalendarChannel `json:"channel"`
	Day         int                    `json:"day"     doc:"Days after the start; negative: before it"`
	Time        *string                `json:"time"    doc:"Of the clocks; null: the whole day"`
	Minutes     int                    `json:"minutes" doc:"Its length; 0: none"`
	Action      ops.Maybe[PlanAction]  `json:"action"`
}

// PlanAction is what an event of the plan does at its time.
type PlanAction struct {
	Type      domain.ActionKind `json:"type"`
	ContentID *int64            `json:"content_id"`
	Channels  []string          `json:"channels"`
	Template  *string           `json:"template" doc:"Null: the campaign's"`
	Inputs    ops.Object        `json:"inputs"`
}

// TimelineEntry is an event of a campaign with its dates.
type TimelineEntry struct {
	ID     *string               `json:"id"     doc:"evt_123; null while the campaign is a draft"`
	Title  string                `json:"title"`
	Dates  EventDates            `json:"dates"`
	Status domain.CalendarStatus `json:"status"`
	State  *domain.ActionState   `json:"state"  doc:"Of its action; null: it has none"`
	Reason *string               `json:"reason" doc:"What came of its action, or why nothing did"`
}

// CampaignID names a campaign in the path.
type CampaignID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The campaign's id"`
}

// PlannedEventInput is an event of a campaign's plan, as callers give it.
type PlannedEventInput struct {
	Title       string                 `json:"title"                 limit:"calendar_title"`
	Description string                 `json:"description,omitempty" limit:"calendar_description"`
	EventType   domain.CalendarType    `json:"event_type,omitempty"  doc:"other, where it is left out"`
	Channel     domain.CalendarChannel `json:"channel,omitempty"     doc:"other, where it is left out"`
	Day         int                    `json:"day,omitempty"         minimum:"-366" maximum:"366" doc:"Days after the start; negative: before it; 0 where it is left out"`
	Time        string                 `json:"time,omitempty"        limit:"clock"                doc:"Of the clocks in the campaign's time zone: 09:00; left out: the whole day"`
	Minutes     int                    `json:"minutes,omitempty"     limit:"campaign_minutes"     doc:"Its length; 0: none"`
	Action      *ActionBody            `json:"action,omitempty"      doc:"What is done at its time; a template left out is the campaign's"`
}

// CampaignBody is what callers may say about a campaign beside its name and start.
type CampaignBody struct {
	Goal     *string              `json:"goal,omitempty"     null:"clears" limit:"campaign_goal" doc:"What it is to reach"`
	EndDate  *string              `json:"end_date,omitempty" null:"clears" limit:"moment"        doc:"The last day; null: it ends with its last event"`
	Timezone *string              `json:"timezone,omitempty" limit:"timezone"                    doc:"IANA name; by default the workspace's"`
	Template *string              `json:"template,omitempty" null:"clears" limit:"filter"        doc:"Workflow template of actions that name none: its slug or id"`
	Inputs   ops.Object           `json:"inputs,omitempty"   doc:"Of that template"`
	Events   *[]PlannedEventInput `json:"events,omitempty"   limit:"campaign_plan"               doc:"The plan: its events, counted from the start"`
}

func (b CampaignBody) edit(name, start *string) calendar.CampaignEdit {
	e := calendar.CampaignEdit{
		Name: name, StartDate: start, Goal: b.Goal, EndDate: b.EndDate, Timezone: b.Timezone, Template: b.Template,
		Inputs: json.RawMessage(b.Inputs),
	}
	if b.Events != nil {
		plan := wire.Each(*b.Events, planned)
		e.Plan = &plan
	}
	return e
}

func planned(in PlannedEventInput) domain.CampaignEvent {
	e := domain.CampaignEvent{
		Title: in.Title, Description: in.Description, Type: in.EventType, Channel: in.Channel, Day: in.Day, Time: in.Time,
		Minutes: in.Minutes,
	}
	if in.Action != nil {
		e.Action = *in.Action.action()
	}
	return e
}

type listCampaigns struct {
	Status domain.CampaignStatus `json:"status,omitempty" in:"query" doc:"Only campaigns with this status"`
	ops.Paging
}

type createCampaign struct {
	Name      string `json:"name"       limit:"campaign_name" doc:"What people call it"`
	StartDate string `json:"start_date" limit:"moment"        doc:"The day from which its events count: 2026-03-10"`
	CampaignBody
}

type editCampaign struct {
	CampaignID
	Name      *string `json:"name,omitempty"       limit:"campaign_name" doc:"What people call it"`
	StartDate *string `json:"start_date,omitempty" limit:"moment"        doc:"The day from which its events count; once it has started, those that have not come move along"`
	CampaignBody
	ops.Conditional
}

type changeCampaign struct {
	CampaignID
	ops.Conditional
}

func (c changeCampaign) id() verb.ID {
	return verb.ID{ID: c.ID, Precondition: verb.Precondition{IfMatch: c.Revisions()}}
}

var (
	sampleCampaign = domain.Campaign{
		ID: 3, Name: "Spring launch", Goal: "200 trials in March", StartDate: "2026-02-26", Timezone: "Europe/Berlin",
		Status: domain.CampaignActive, StartedAt: wire.SampleTime(), Version: 2, CreatedBy: "Ada",
		Created: wire.SampleTime(), Updated: wire.SampleTime(), Plan: []domain.CampaignEvent{{
			Title: "Publish the guide", Type: domain.CalendarBlogPost, Channel: domain.OnBlog, Day: -2, Time: "11:00",
			Action: domain.CalendarAction{Kind: domain.ActionPublish, ContentID: 101},
		}},
	}
	sampleDetails = calendar.CampaignDetails{Campaign: sampleCampaign, Events: []domain.CalendarEntry{
		{Event: samplePost, Item: wire.SampleItem()},
	}}
	sampleCampaignID = map[string]any{"id": sampleCampaign.ID}
)

func campaign(d calendar.CampaignDetails) wire.Resource[CampaignAttributes] {
	c := d.Campaign
	return wire.Resource[CampaignAttributes]{
		Type: "campaign", ID: c.ID, Links: &wire.Links{Self: wire.Path(campaigns, c.ID)}, Attributes: CampaignAttributes{
			Name: c.Name, Goal: c.Goal, Status: c.Status, StartDate: c.StartDate, EndDate: wire.Optional(c.EndDate),
			Timezone: c.Timezone, Template: wire.Optional(c.Template), Inputs: object(c.Inputs),
			Events: wire.Each(c.Plan, viewPlanned), StartedAt: wire.Time(c.StartedAt), Version: c.Version,
			CreatedBy: c.CreatedBy, CreatedAt: c.Created.UTC(), UpdatedAt: c.Updated.UTC(),
			Timeline: wire.Each(d.Events, timelineEntry),
		},
	}
}

func viewPlanned(e domain.CampaignEvent) PlannedEvent {
	out := PlannedEvent{
		Title: e.Title, Description: e.Description, EventType: e.Type, Channel: e.Channel, Day: e.Day,
		Time: wire.Optional(e.Time), Minutes: e.Minutes,
	}
	if a := e.Action; a.Kind != "" {
		out.Action.Value = &PlanAction{
			a.Kind, wire.Optional(a.ContentID), wire.List(a.Channels), wire.Optional(a.Template), object(a.Inputs),
		}
	}
	return out
}

func timelineEntry(x domain.CalendarEntry) TimelineEntry {
	t := TimelineEntry{
		Title: x.Event.Title, Status: x.Event.Status, State: wire.Optional(x.Event.State),
		Reason: wire.Optional(x.Event.Reason),
	}
	if x.Event.ID != 0 {
		id := domain.CalendarEventID(x.Event.ID)
		t.ID, t.Dates = &id, dates(x, x.Event.Location())
		return t
	}
	t.Dates = EventDates{PlannedAt: wire.Time(x.Event.PlannedAt)} // it is on no calendar yet
	return t
}

func viewCampaign(r *ops.Reply, d calendar.CampaignDetails) wire.Resource[CampaignAttributes] {
	r.Revision = wire.Number(d.Revision())
	r.Location = wire.Path(campaigns, d.ID)
	return campaign(d)
}

func campaignRows(v *calendar.Verbs) []ops.Op {
	return []ops.Op{
		listCampaignsRow(v), getCampaignRow(v), createCampaignRow(v), editCampaignRow(v), deleteCampaignRow(v),
		changeCampaignRow("start", "Start a campaign",
			"Puts the events of its plan on the calendar. It takes the scopes of all that they do, which is done with the "+
				"rights that the caller has when their times come. Where that would be in the past, it is refused.",
			v.StartCampaign),
		changeCampaignRow("pause", "Pause a campaign",
			"Nothing more is done at the times of its events until it is resumed.", v.PauseCampaign),
		changeCampaignRow("resume", "Resume a campaign",
			"What was due while it was paused is done now where that is less than 24 hours ago, else noted as missed.",
			v.ResumeCampaign),
	}
}

func listCampaignsRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_campaigns",
		Route: ops.Route{Method: http.MethodGet, Path: campaigns},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterCampaigns, Summary: "List campaigns", Description: "The campaigns, newest first.",
		},
		Tool: ops.Tool{Set: tools, Brief: []string{"name", "goal", "status", "start_date", "end_date"}},
		Command: ops.Command{
			Noun: "campaigns", Verb: "list", Columns: []string{"id", "name", "status", "start_date", "end_date"},
		},
	}, func(ctx context.Context, in listCampaigns) (domain.List[domain.Campaign], error) {
		return v.Campaigns(ctx, calendar.ListCampaigns{Status: in.Status, Page: wire.PageOf(in.Paging)})
	}, func(r *ops.Reply, l domain.List[domain.Campaign]) []wire.Resource[CampaignAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, func(c domain.Campaign) wire.Resource[CampaignAttributes] {
			return campaign(calendar.CampaignDetails{Campaign: c})
		})
	}, domain.List[domain.Campaign]{Items: []domain.Campaign{sampleCampaign}, Total: 1})
}

func getCampaignRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_campaign",
		Route: ops.Route{Method: http.MethodGet, Path: campaigns + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterCampaigns, Summary: "Get a campaign",
			Description: "A campaign with its plan and its timeline: what was planned, is scheduled and was published.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: sampleCampaignID,
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: "campaigns", Verb: "get"},
	}, func(ctx context.Context, in CampaignID) (calendar.CampaignDetails, error) {
		return v.Campaign(ctx, in.ID)
	},
		viewCampaign, sampleDetails)
}

func createCampaignRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_campaign",
		Route:          ops.Route{Method: http.MethodPost, Path: campaigns, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterCampaigns, Summary: "Create a campaign",
			Description: "It is a draft: nothing is on the calendar until it starts.",
			Errors:      []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"name": "Spring launch", "goal": "200 trials in March", "start_date": "2031-03-10", "timezone": "Europe/Berlin",
				"events": []map[string]any{
					{"title": "Teaser", "event_type": "social_post", "channel": "linkedin", "day": -3, "time": "09:00"},
					{"title": "Launch day", "event_type": "launch", "day": 0},
				},
			},
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: "campaigns", Verb: "create"},
	}, func(ctx context.Context, in createCampaign) (calendar.CampaignDetails, error) {
		return v.CreateCampaign(ctx, in.edit(&in.Name, &in.StartDate))
	}, viewCampaign, sampleDetails)
}

func editCampaignRow(v *calendar.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_campaign",
		Route: ops.Route{Method: http.MethodPatch, Path: campaigns + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterCampaigns, Summary: "Change a campaign, or move its start",
			Description: "Once it has started, another start_date moves the events that have not come by as many days, at " +
				"the same times of the clocks; its plan, template, inputs and time zone stay as they are.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodePreconditionFailed},
			Example: map[string]any{"id": 3, "start_date": "2031-03-17"},
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: "campaigns", Verb: "edit"},
	}, func(ctx context.Context, in editCampaign) (calendar.CampaignDetails, error) {
		return v.EditCampaign(ctx, calendar.EditCampaign{
			ID: in.ID, CampaignEdit: in.edit(in.Name, in.StartDate), Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewCampaign, sampleDetails)
}

func deleteCampaignRow(v *calendar.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_campaign",
		Route: ops.Route{Method: http.MethodDelete, Path: campaigns + "/{id}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterCampaigns, Summary: "Delete a campaign",
			Description: "With its events that have not come. The others stay on the calendar.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodePreconditionFailed}, Example: sampleCampaignID,
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: "campaigns", Verb: "delete"},
	}, func(ctx context.Context, in changeCampaign) error { return v.DeleteCampaign(ctx, in.id()) })
}

func changeCampaignRow(
	name, summary, description string, do func(context.Context, verb.ID) (calendar.CampaignDetails, error),
) ops.Op {
	return ops.New(ops.Op{
		Name:           name + "_campaign",
		Route:          ops.Route{Method: http.MethodPost, Path: campaigns + "/{id}/" + name},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterCampaigns, Summary: summary, Description: description,
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodePreconditionFailed},
			Example: sampleCampaignID,
		},
		Tool:    ops.Tool{Set: tools},
		Command: ops.Command{Noun: "campaigns", Verb: name},
	}, func(ctx context.Context, in changeCampaign) (calendar.CampaignDetails, error) {
		return do(ctx, in.id())
	},
		viewCampaign, sampleDetails)
}
