package domain

import (
	"cmp"
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// NotificationKind says what a notification is about. Most are named after an event.
type NotificationKind string

// The kinds of notification.
const (
	NotifyCompleted  NotificationKind = "execution.completed" // where the caller asked for it
	NotifyFailed     NotificationKind = "execution.failed"
	NotifyWaiting    NotificationKind = "execution.waiting" // for a person's decision
	NotifyCreditsLow NotificationKind = "credits.low"
	NotifyPaused     NotificationKind = "trigger.paused" // after failures in a row
	// NotifyUnpublished says that a channel does not show an item as it should, and that nobody
	// tries again.
	NotifyUnpublished NotificationKind = "publication.failed"
	NotifyWebhook     NotificationKind = "webhook.failing"
	NotifyWebhookOff  NotificationKind = "webhook.disabled" // by the server
)

// EmailMode says when a notification is also sent by e-mail.
type EmailMode string

// The modes.
const (
	EmailOff       EmailMode = "off"
	EmailImmediate EmailMode = "immediate"
	EmailDigest    EmailMode = "digest" // once a day, together with others
)

// NotificationSort orders a list of notifications.
type NotificationSort string

// The orders.
const (
	SortUnread     NotificationSort = "unread" // unread ones first, then by time
	SortByTime     NotificationSort = "newest"
	maxHeadline                     = 200 // code points of a title within a headline
	digestHour                      = 8   // of the workspace's day
	creditsLowPart                  = 10  // a tenth of the last grant
)

// Recipient is who gets a notification: a person of the workspace, or one of the
// workspace's notification e-mail addresses.
type Recipient struct {
	WorkspaceID int64
	UserID      int64  // 0: an address
	Address     string // empty: a person, who chooses the address
}

// Notification tells one recipient about one event.
type Notification struct {
	ID int64
	Recipient
	Kind        NotificationKind
	ExecutionID int64  // 0: about no execution
	ContentID   int64  // 0: about no item
	EventID     string // of the log
	Title       string // of what it is about; for credits: how many are available
	Detail      string // such as why an execution failed; may be empty
	InApp       bool   // shown in the inbox
	Email       EmailMode
	EmailID     int64 // the e-mail that it is part of; 0: none yet
	CreatedAt   time.Time
	ReadAt      time.Time // zero: unread
}

// Headline says in one line what happened.
func (n Notification) Headline() string {
	title := clipTo(strings.Join(strings.Fields(n.Title), " "), maxHeadline)
	switch n.Kind {
	case NotifyCompleted:
		return "“" + title + "” is complete"
	case NotifyFailed:
		return "“" + title + "” failed"
	case NotifyWaiting:
		return "“" + title + "” needs review"
	case NotifyCreditsLow:
		return "Credits are low: " + title + " available"
	case NotifyPaused:
		return "The trigger “" + title + "” has paused itself"
	case NotifyUnpublished:
		return "A channel failed for “" + title + "”"
	case NotifyWebhook:
		return "The webhook “" + title + "” fails"
	case NotifyWebhookOff:
		return "The webhook “" + title + "” was switched off"
	}
	return title
}

// Path is the page of the dashboard where its reader can act.
func (n Notification) Path() string {
	switch {
	case n.ContentID != 0:
		return "/content/" + strconv.FormatInt(n.ContentID, 10)
	case n.ExecutionID != 0:
		return "/executions/" + strconv.FormatInt(n.ExecutionID, 10)
	case n.Kind == NotifyPaused:
		return "/triggers"
	case n.Kind == NotifyWebhook || n.Kind == NotifyWebhookOff:
		return "/settings/webhooks"
	}
	return "/notifications"
}

// NotificationChoice is how a person gets one kind of notification.
type NotificationChoice struct {
	App   bool      `json:"app"`
	Email EmailMode `json:"email"`
}

// NotificationSettings are a person's choices in one workspace. The zero value means
// the defaults.
type NotificationSettings struct {
	// Email is the address to send to; empty: the person's own.
	Email string
	// Choices are those that the person has made.
	Choices map[NotificationKind]NotificationChoice
}

// Choice returns the person's choice for a kind, or the default: what was asked for and
// what stops all work at once, everything else once a day.
func (s NotificationSettings) Choice(k NotificationKind) NotificationChoice {
	if c, ok := s.Choices[k]; ok {
		return c
	}
	switch k {
	case NotifyCompleted, NotifyCreditsLow, NotifyPaused, NotifyWebhook, NotifyWebhookOff:
		return NotificationChoice{App: true, Email: EmailImmediate}
	}
	return NotificationChoice{App: true, Email: EmailDigest}
}

// WithoutEmail returns the settings with e-mail off for every kind.
func (s NotificationSettings) WithoutEmail() NotificationSettings {
	choices := map[NotificationKind]NotificationChoice{}
	for _, k := range NotificationKinds() {
		c := s.Choice(k)
		c.Email = EmailOff
		choices[k] = c
	}
	s.Choices = choices
	return s
}

// AddressOf returns where the e-mails of a person go; empty where no address can
// receive any.
func (s NotificationSettings) AddressOf(u User) string {
	address := cmp.Or(s.Email, u.Email)
	if !IsEmailAddress(address) || !strings.Contains(address[strings.LastIndex(address, "@"):], ".") {
		return "" // such as owner@localhost, the address of an owner who has none
	}
	return address
}

// NotificationKinds lists the kinds, in the order of the settings.
func NotificationKinds() []NotificationKind {
	return []NotificationKind{
		NotifyCompleted, NotifyFailed, NotifyWaiting, NotifyCreditsLow, NotifyPaused, NotifyUnpublished,
		NotifyWebhook, NotifyWebhookOff,
	}
}

// Values lists the kinds.
func (NotificationKind) Values() []string { return names(NotificationKinds()) }

// Values lists the modes.
func (EmailMode) Values() []string { return names([]EmailMode{EmailOff, EmailImmediate, EmailDigest}) }

// Values lists the orders.
func (NotificationSort) Values() []string { return names([]NotificationSort{SortUnread, SortByTime}) }

// IsEmailAddress reports whether s is one bare address of RFC 5322 (addr-spec), without
// a name, a comment or white space.
func IsEmailAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= LimitEmail.Max && !strings.ContainsAny(s, " \t\r\n\"()<>,;")
}

// EmailStatus is the state of an e-mail.
type EmailStatus string

// The states of an e-mail.
const (
	EmailWaiting EmailStatus = "waiting" // to be sent, perhaps again
	EmailSent    EmailStatus = "sent"    // the mail server has accepted it
	EmailFailed  EmailStatus = "failed"  // given up
	EmailDropped EmailStatus = "dropped" // its recipient has left or has turned it off
)

// Email is one message to one recipient, with one notification or a day's digest.
type Email struct {
	ID int64
	Recipient
	DigestDay string // 2026-02-26 in the workspace's time zone; empty: no digest
	MessageID string // RFC 5322, without the brackets; the same on each try
	Status    EmailStatus
	Tries     int    // that failed
	Error     string // of the last try, in the mail server's words
	CreatedAt time.Time
	EndedAt   time.Time // zero: waiting
}

// LastDigest returns the most recent moment, at or before now, at which the workspace's
// daily digest is due: 08:00 in its time zone.
func (w Workspace) LastDigest(now time.Time) time.Time {
	local := now.In(w.Location())
	at := time.Date(local.Year(), local.Month(), local.Day(), digestHour, 0, 0, 0, w.Location())
	if at.After(now) {
		at = time.Date(local.Year(), local.Month(), local.Day()-1, digestHour, 0, 0, 0, w.Location())
	}
	return at
}

// CreditsLowLevel returns the number of available credits below which they count as
// low: what the workspace has set, or a tenth of the last grant.
func CreditsLowLevel(set, lastGrant int) int {
	if set > 0 {
		return set
	}
	return lastGrant / creditsLowPart
}

// CreditsRisen reports whether credits that were low count as low no longer. Without
// a grant they must rise a quarter above the level: runs that hold credits and give
// most of them back would otherwise cross it again and again.
func CreditsRisen(available, level int, granted bool) bool {
	if granted {
		return available >= level
	}
	return available >= level+(level+3)/4
}
