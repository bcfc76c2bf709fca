package domain

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// CalendarType says what a calendar event is (API contract, section 9).
type CalendarType string

// The types of calendar events.
const (
	CalendarWebinar   CalendarType = "webinar"
	CalendarLaunch    CalendarType = "launch"
	CalendarBlogPost  CalendarType = "blog_post"
	CalendarSocial    CalendarType = "social_post"
	CalendarEmail     CalendarType = "email"
	CalendarListing   CalendarType = "listing_update"
	CalendarMeeting   CalendarType = "meeting"
	CalendarMilestone CalendarType = "milestone"
	CalendarOther     CalendarType = "other"
)

// CalendarChannel says where a calendar event takes place or appears.
type CalendarChannel string

// The channels of calendar events.
const (
	OnBlog        CalendarChannel = "blog"
	OnEmail       CalendarChannel = "email"
	OnLinkedIn    CalendarChannel = "linkedin"
	OnX           CalendarChannel = "x"
	OnFacebook    CalendarChannel = "facebook"
	OnInstagram   CalendarChannel = "instagram"
	OnBluesky     CalendarChannel = "bluesky"
	OnMastodon    CalendarChannel = "mastodon"
	OnWebinar     CalendarChannel = "webinar"
	OnZoom        CalendarChannel = "zoom"
	InPerson      CalendarChannel = "in_person"
	OnMarketplace CalendarChannel = "aws_marketplace"
	OnOther       CalendarChannel = "other"
)

// look is how a type or a channel is shown where an event has no colour or icon of its own.
type look struct{ label, color, icon string }

var calendarTypes = []struct {
	value CalendarType
	look
}{
	{CalendarWebinar, look{"Webinar", "#4A90D9", "video"}},
	{CalendarLaunch, look{"Launch", "#C2410C", "rocket"}},
	{CalendarBlogPost, look{"Blog post", "#15803D", "file-text"}},
	{CalendarSocial, look{"Social post", "#7C3AED", "share"}},
	{CalendarEmail, look{"Email", "#B45309", "mail"}},
	{CalendarListing, look{"Listing update", "#0F766E", "store"}},
	{CalendarMeeting, look{"Meeting", "#1D4ED8", "users"}},
	{CalendarMilestone, look{"Milestone", "#BE185D", "flag"}},
	{CalendarOther, look{"Other", "#6B7280", "calendar"}},
}

var calendarChannels = []struct {
	value CalendarChannel
	look
}{
	{OnBlog, look{"Blog", "#15803D", "file-text"}},
	{OnEmail, look{"Email", "#B45309", "mail"}},
	{OnLinkedIn, look{"LinkedIn", "#0A66C2", "share"}},
	{OnX, look{"X", "#111827", "share"}},
	{OnFacebook, look{"Facebook", "#1877F2", "share"}},
	{OnInstagram, look{"Instagram", "#C13584", "image"}},
	{OnBluesky, look{"Bluesky", "#0085FF", "share"}},
	{OnMastodon, look{"Mastodon", "#6364FF", "share"}},
	{OnWebinar, look{"Webinar", "#4A90D9", "video"}},
	{OnZoom, look{"Zoom", "#2D8CFF", "video"}},
	{InPerson, look{"In person", "#1D4ED8", "users"}},
	{OnMarketplace, look{"AWS Marketplace", "#C2410C", "store"}},
	{OnOther, look{"Other", "#6B7280", "calendar"}},
}

// Values lists the types.
func (CalendarType) Values() (list []string) {
	for _, t := range calendarTypes {
		list = append(list, string(t.value))
	}
	return list
}

func (t CalendarType) look() look {
	for _, x := range calendarTypes {
		if x.value == t {
			return x.look
		}
	}
	return look{}
}

// Label returns the name that people read.
func (t CalendarType) Label() string { return t.look().label }

// Color returns the type's default colour, #RRGGBB.
func (t CalendarType) Color() string { return t.look().color }

// Icon returns the name of the type's default icon.
func (t CalendarType) Icon() string { return t.look().icon }

// Values lists the channels.
func (CalendarChannel) Values() (list []string) {
	for _, c := range calendarChannels {
		list = append(list, string(c.value))
	}
	return list
}

func (c CalendarChannel) look() look {
	for _, x := range calendarChannels {
		if x.value == c {
			return x.look
		}
	}
	return look{}
}

// Label returns the name that people read.
func (c CalendarChannel) Label() string { return c.look().label }

// Color returns the channel's default colour, #RRGGBB.
func (c CalendarChannel) Color() string { return c.look().color }

// Icon returns the name of the channel's default icon.
func (c CalendarChannel) Icon() string { return c.look().icon }

// ActionKind says what is done at the time of a calendar event.
type ActionKind string

// The kinds of actions. Empty: nothing is done.
const (
	ActionPublish  ActionKind = "publish"  // a content item
	ActionTemplate ActionKind = "template" // an execution of a workflow template starts
)

// Values lists the kinds.
func (ActionKind) Values() []string { return names([]ActionKind{ActionPublish, ActionTemplate}) }

// ActionState says how far the action of a calendar event has come.
type ActionState string

// The states of an action. Empty: there is none.
const (
	ActionPending   ActionState = "pending"   // its time has not come
	ActionDone      ActionState = "done"      // the item was published, or the execution was started
	ActionFailed    ActionState = "failed"    // it was refused; the reason says why
	ActionMissed    ActionState = "missed"    // it was due longer than 24 hours ago when a server looked
	ActionCancelled ActionState = "cancelled" // the event was cancelled before its time
)

// Values lists the states.
func (ActionState) Values() []string {
	return names([]ActionState{ActionPending, ActionDone, ActionFailed, ActionMissed, ActionCancelled})
}

// CalendarStatus is the status of an event in iCalendar (RFC 5545, section 3.8.1.11).
type CalendarStatus string

// The statuses.
const (
	CalendarConfirmed CalendarStatus = "confirmed"
	CalendarCancelled CalendarStatus = "cancelled"
)

// Values lists the statuses.
func (CalendarStatus) Values() []string {
	return names([]CalendarStatus{CalendarConfirmed, CalendarCancelled})
}

// CalendarAction is what is done at the time of an event. The zero value is nothing.
type CalendarAction struct {
	Kind ActionKind `json:"kind,omitempty"`
	// Of publish: the item, and the slugs of the channels; none: those that take the item.
	ContentID int64    `json:"content_id,omitempty"`
	Channels  []string `json:"channels,omitempty"`
	// Of template: its slug, and its inputs, an object. Their texts may have expressions
	// over event: {{ event.title }}.
	Template string          `json:"template,omitempty"`
	Inputs   json.RawMessage `json:"inputs,omitempty"`
}

// Effects returns what the action may do to items beside what its template does.
func (a CalendarAction) Effects() []EffectKind {
	if a.Kind == ActionPublish {
		return []EffectKind{EffectPublish}
	}
	return nil
}

// CalendarEvent is an entry of a workspace's calendar, with or without something that is
// done at its time.
type CalendarEvent struct {
	ID          int64
	WorkspaceID int64
	CampaignID  int64 // 0: of no campaign
	Title       string
	Description string
	StartsAt    time.Time
	// EndsAt is after the last instant; zero: the event has no length. Of an event of whole
	// days it is the first instant of the day after the last one.
	EndsAt   time.Time
	AllDay   bool   // StartsAt is the first instant of a day in the time zone
	Timezone string // an IANA name
	Type     CalendarType
	Channel  CalendarChannel
	Color    string // #RRGGBB; empty: the type's
	Icon     string // empty: the type's
	Status   CalendarStatus
	// PlannedAt is when the campaign's plan has the event; zero: it is of no plan.
	PlannedAt time.Time

	Action      CalendarAction
	State       ActionState
	Reason      string // why the action failed or was missed
	ExecutionID int64  // that the action has started; 0: none
	Published   int    // the version of the item that the action has published; 0: none
	Owner       Starter

	DueAt     time.Time // when the clock looks at it next; zero: never
	Paused    bool      // its campaign is paused, so that the clock does not look
	Sequence  int       // raised when its time or status changes (RFC 5545, section 3.8.7.4)
	Version   int       // raised by each change
	CreatedBy string
	Created   time.Time
	Updated   time.Time
}

// Revision changes with everything about an event, for ETags.
func (e CalendarEvent) Revision() int64 { return int64(e.Version) }

// Location returns the event's time zone.
func (e CalendarEvent) Location() *time.Location {
	if zone, ok := TimeZone(e.Timezone); ok {
		return zone
	}
	return time.UTC
}

// ShownColor returns the colour that the event is shown in, #RRGGBB.
func (e CalendarEvent) ShownColor() string {
	if e.Color != "" {
		return e.Color
	}
	return e.Type.Color()
}

// ShownIcon returns the name of the icon that the event is shown with.
func (e CalendarEvent) ShownIcon() string {
	if e.Icon != "" {
		return e.Icon
	}
	return e.Type.Icon()
}

// Until returns the first instant after the event: what a list of a time range holds it by.
// An event without a length is over a millisecond after it began.
func (e CalendarEvent) Until() time.Time {
	switch {
	case !e.EndsAt.IsZero():
		return e.EndsAt
	case e.AllDay:
		y, m, d := e.StartsAt.In(e.Location()).Date()
		return StartOfDay(y, m, d+1, e.Location())
	}
	return e.StartsAt.Add(time.Millisecond)
}

// CalendarEntry is one entry of the calendar as readers see it: an event, or an item with a
// date, which cannot be changed there. An event that publishes an item has both.
type CalendarEntry struct {
	Event CalendarEvent // its ID is 0 where the entry is an item alone
	Item  ContentItem   // its ID is 0 where there is none; without its body
}

// At returns the time at which the entry stands in the calendar.
func (e CalendarEntry) At() time.Time {
	if e.Event.ID != 0 {
		return e.Event.StartsAt
	}
	return ItemDate(e.Item)
}

// ItemDate returns the date at which an item stands in the calendar: when it was published,
// else when it is scheduled, else when it is planned.
func ItemDate(c ContentItem) time.Time {
	for _, t := range []time.Time{c.PublishedAt, c.ScheduledAt, c.PlannedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// CalendarDates are the three dates of an entry, apart. A zero date is not known.
type CalendarDates struct{ Planned, Scheduled, Published time.Time }

// Dates returns when the entry was planned, is scheduled and was published.
func (e CalendarEntry) Dates() CalendarDates {
	d := CalendarDates{Planned: e.Item.PlannedAt, Scheduled: e.Item.ScheduledAt, Published: e.Item.PublishedAt}
	if e.Event.ID != 0 {
		d.Scheduled = e.Event.StartsAt
		if !e.Event.PlannedAt.IsZero() {
			d.Planned = e.Event.PlannedAt
		}
	}
	return d
}

// Slipped returns by how many days something comes later than planned; negative: earlier.
// What was neither published nor scheduled and whose plan has passed slips each day. ok is
// false where nothing was planned.
func (d CalendarDates) Slipped(now time.Time, zone *time.Location) (days int, ok bool) {
	if d.Planned.IsZero() {
		return 0, false
	}
	at := d.Published
	if at.IsZero() {
		at = d.Scheduled
	}
	if at.IsZero() {
		if at = d.Planned; now.After(at) {
			at = now
		}
	}
	return DaysBetween(d.Planned, at, zone), true
}

// DaysBetween returns how many days of the calendar of a zone lie from a to b.
func DaysBetween(a, b time.Time, zone *time.Location) int {
	day := func(t time.Time) time.Time { return Wall(t.In(zone)).Truncate(24 * time.Hour) }
	return int(math.Round(day(b).Sub(day(a)).Hours() / 24))
}

// CalendarTypeOf returns the type that an item has on the calendar.
func CalendarTypeOf(t ContentType) CalendarType {
	switch t {
	case ContentBlog:
		return CalendarBlogPost
	case ContentEmail:
		return CalendarEmail
	case ContentSocial:
		return CalendarSocial
	case ContentProduct:
		return CalendarListing
	}
	return CalendarOther
}

// ContentTypesOf returns the content types whose items have one of the calendar's types.
func ContentTypesOf(types []CalendarType) (list []ContentType) {
	for _, t := range ContentTypes() {
		for _, c := range types {
			if CalendarTypeOf(t) == c {
				list = append(list, t)
			}
		}
	}
	return list
}

// CalendarChannelOf returns the channel that an item has on the calendar.
func CalendarChannelOf(c ContentItem) CalendarChannel {
	for _, v := range calendarChannels {
		if string(v.value) == c.Channel {
			return v.value
		}
	}
	switch c.Type {
	case ContentBlog:
		return OnBlog
	case ContentEmail:
		return OnEmail
	}
	return OnOther
}

// The prefixes of ids on the calendar.
const (
	eventPrefix = "evt_"
	itemPrefix  = "item_"
)

// CalendarEventID writes the id of an event as callers see it: evt_123.
func CalendarEventID(id int64) string { return eventPrefix + strconv.FormatInt(id, 10) }

// CalendarItemID writes the id that an item has on the calendar: item_101.
func CalendarItemID(id int64) string { return itemPrefix + strconv.FormatInt(id, 10) }

// ParseCalendarID reads an id of the calendar: evt_123, 123, or item_101 for an item. ok is
// false for any other text.
func ParseCalendarID(text string) (id int64, item, ok bool) {
	rest, item := strings.CutPrefix(text, itemPrefix)
	if !item {
		rest = strings.TrimPrefix(text, eventPrefix)
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, item, err == nil && id > 0 && strconv.FormatInt(id, 10) == rest
}

// CalendarOutcome is one entry of the history of an event: an instant at which its action
// was due, and what came of it.
type CalendarOutcome struct {
	ID          int64
	WorkspaceID int64
	EventID     int64
	DueAt       time.Time
	Kind        ActionKind
	State       ActionState // done, failed or missed
	Reason      string      // for people
	ContentID   int64       // that was to be published; 0: none
	Published   int         // version that was published; 0: none
	ExecutionID int64       // that was started; 0: none
	At          time.Time
}

// Bounds of the calendar.
const (
	MostCalendarEvents = 20_000 // of one workspace
	MostEventLength    = 366 * 24 * time.Hour
	MostFeedTokens     = 50    // of one workspace
	MostExported       = 5_000 // entries of one export or feed
	FeedPast           = 90    // days that a feed goes back
	FeedAhead          = 366   // days that a feed looks ahead
)

// FeedToken lets a calendar program read the calendar without a key. Its secret is stored
// as a hash.
type FeedToken struct {
	ID          int64
	WorkspaceID int64
	Name        string
	Types       []CalendarType    // that the feed has; none: all
	Channels    []CalendarChannel // that the feed has; none: all
	CampaignID  int64             // 0: all
	Creator     Starter           // the feed shows nothing once its creator may no longer read
	CreatedBy   string
	CreatedAt   time.Time
	LastUsedAt  time.Time // to the minute; zero: never
	RevokedAt   time.Time // zero: it works
}
