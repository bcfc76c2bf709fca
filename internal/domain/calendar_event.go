package domain

import "time"

// CalendarFacts is what every event of the log about a calendar event says.
type CalendarFacts struct {
	ID          string          `json:"id"` // evt_123
	Title       string          `json:"title"`
	EventType   CalendarType    `json:"event_type"`
	Channel     CalendarChannel `json:"channel"`
	ScheduledAt time.Time       `json:"scheduled_at"`
	Timezone    string          `json:"timezone"`
	CampaignID  int64           `json:"campaign_id,omitempty"` // 0: none
	ContentID   int64           `json:"content_id,omitempty"`  // that it publishes; 0: none
	Action      ActionKind      `json:"action,omitempty"`      // empty: none
	Status      CalendarStatus  `json:"status"`
}

// Facts returns the calendar event's facts for the log.
func (e CalendarEvent) Facts() CalendarFacts {
	return CalendarFacts{
		CalendarEventID(e.ID), e.Title, e.Type, e.Channel, e.StartsAt.UTC(), e.Timezone, e.CampaignID, e.Action.ContentID,
		e.Action.Kind, e.Status,
	}
}

// Subject returns the workspace, and the item that the event publishes, as the subject of
// an event of the log.
func (e CalendarEvent) Subject() Subject {
	return Subject{WorkspaceID: e.WorkspaceID, ContentID: e.Action.ContentID}
}

// CalendarCreated says that a calendar event was created.
type CalendarCreated struct{ CalendarFacts }

// EventName returns event.created.
func (CalendarCreated) EventName() EventName { return EventCalendarCreated }

// CalendarChanged says that a calendar event was changed, moved or cancelled.
type CalendarChanged struct{ CalendarFacts }

// EventName returns event.changed.
func (CalendarChanged) EventName() EventName { return EventCalendarChanged }

// CalendarDeleted says that a calendar event was deleted.
type CalendarDeleted struct{ CalendarFacts }

// EventName returns event.deleted.
func (CalendarDeleted) EventName() EventName { return EventCalendarDeleted }

// CalendarDue says that the time of a calendar event has come.
type CalendarDue struct {
	CalendarFacts
	DueAt time.Time `json:"due_at"`
}

// EventName returns event.due.
func (CalendarDue) EventName() EventName { return EventCalendarDue }

// CalendarMissed says that the time of a calendar event passed more than 24 hours before a
// server looked at it, so that nothing was done.
type CalendarMissed struct {
	CalendarFacts
	DueAt  time.Time `json:"due_at"`
	Reason string    `json:"reason"`
}

// EventName returns event.missed.
func (CalendarMissed) EventName() EventName { return EventCalendarMissed }

// CalendarActed says what came of the action of a calendar event.
type CalendarActed struct {
	CalendarFacts
	State       ActionState `json:"state"` // done or failed
	Reason      string      `json:"reason"`
	ExecutionID int64       `json:"execution_id,omitempty"` // that was started; 0: none
	Version     int         `json:"version,omitempty"`      // of the item that was published; 0: none
}

// EventName returns event.acted.
func (CalendarActed) EventName() EventName { return EventCalendarActed }

// CampaignFacts is what every event about a campaign says.
type CampaignFacts struct {
	ID        int64          `json:"id"`
	Name      string         `json:"name"`
	Status    CampaignStatus `json:"status"`
	StartDate string         `json:"start_date"`
	Events    int            `json:"events"` // of its plan
}

// Facts returns the campaign's facts for an event.
func (c Campaign) Facts() CampaignFacts {
	return CampaignFacts{c.ID, c.Name, c.Status, c.StartDate, len(c.Plan)}
}

// CampaignCreated says that a campaign was created.
type CampaignCreated struct{ CampaignFacts }

// EventName returns campaign.created.
func (CampaignCreated) EventName() EventName { return EventCampaignCreated }

// CampaignChanged says that a campaign was changed, started, paused, resumed or completed.
type CampaignChanged struct{ CampaignFacts }

// EventName returns campaign.changed.
func (CampaignChanged) EventName() EventName { return EventCampaignChanged }

// CampaignDeleted says that a campaign was deleted.
type CampaignDeleted struct{ CampaignFacts }

// EventName returns campaign.deleted.
func (CampaignDeleted) EventName() EventName { return EventCampaignDeleted }

// FeedTokenFacts is what an event about a feed token says; never its secret.
type FeedTokenFacts struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// FeedTokenCreated says that a feed token was created.
type FeedTokenCreated struct{ FeedTokenFacts }

// EventName returns feed_token.created.
func (FeedTokenCreated) EventName() EventName { return EventFeedTokenCreated }

// FeedTokenRevoked says that a feed token was revoked.
type FeedTokenRevoked struct{ FeedTokenFacts }

// EventName returns feed_token.revoked.
func (FeedTokenRevoked) EventName() EventName { return EventFeedTokenRevoked }

// calendarEventTypes is the part of the catalogue that is about the calendar.
func calendarEventTypes() []EventType {
	at := time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)
	event := CalendarFacts{
		ID: "evt_12", Title: "Launch post", EventType: CalendarBlogPost, Channel: OnBlog, ScheduledAt: at,
		Timezone: "Europe/Berlin", CampaignID: 3, ContentID: 101, Action: ActionPublish, Status: CalendarConfirmed,
	}
	campaign := CampaignFacts{3, "Spring launch", CampaignActive, "2026-03-10", 5}
	token := FeedTokenFacts{2, "Marketing team"}
	return []EventType{
		{"", "A calendar event was created.", CalendarCreated{event}},
		{"", "A calendar event was changed, moved or cancelled.", CalendarChanged{event}},
		{"", "A calendar event was deleted.", CalendarDeleted{event}},
		{"", "The time of a calendar event has come.", CalendarDue{event, at}},
		{"", "The time of a calendar event passed while no server ran or its campaign was paused.",
			CalendarMissed{event, at, "It was due while no server ran, more than 24 hours ago."}},
		{"", "The action of a calendar event was done or has failed.",
			CalendarActed{event, ActionDone, "The item was published.", 0, 4}},
		{"", "A campaign was created.", CampaignCreated{campaign}},
		{"", "A campaign was changed, started, paused, resumed or completed.", CampaignChanged{campaign}},
		{"", "A campaign was deleted.", CampaignDeleted{campaign}},
		{"", "A feed token of the calendar was created.", FeedTokenCreated{token}},
		{"", "A feed token of the calendar was revoked.", FeedTokenRevoked{token}},
	}
}
