package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// Card is an item as card.html and lists of items show it.
type Card struct {
	ID       int64
	ETag     string
	Title    string
	Status   domain.ItemStatus
	Type     string
	Icon     string // of the type
	Channel  string
	Words    int
	AI       bool
	Assignee string
	Initials string // of the assignee
	Created  time.Time
	Updated  time.Time
	Planned  time.Time // for when, in the workspace's time zone; zero once it is published, or without a plan
	Findings int
	Blocking bool // a finding keeps it from being published
	Warning  bool // a finding is more than a note
	Needs    int  // inputs that would improve it
}

// CardOf returns the card of an item in a workspace's time zone.
func CardOf(i domain.ContentItem, zone *time.Location) Card {
	return Card{
		ID:       i.ID,
		ETag:     ETag(i.Revision),
		Title:    TitleOf(i.Title, i.ID),
		Status:   i.Status,
		Type:     Human(string(i.Type)),
		Icon:     typeIcon(i.Type),
		Channel:  Human(i.Channel),
		Words:    i.WordCount,
		AI:       i.Origin.AI,
		Assignee: i.Assignee,
		Initials: Initials(i.Assignee),
		Created:  i.CreatedAt,
		Updated:  i.UpdatedAt,
		Planned:  plannedFor(i, zone),
		Findings: OpenFindings(i.Findings),
		Blocking: domain.Blocking(i.Findings),
		Warning:  slices.ContainsFunc(i.Findings, func(f domain.Finding) bool { return f.Severity != domain.SeverityInfo }),
		Needs:    len(i.NeedsInput),
	}
}

func plannedFor(i domain.ContentItem, zone *time.Location) time.Time {
	if i.Status == domain.ItemPublished || i.PlannedAt.IsZero() {
		return time.Time{}
	}
	return i.PlannedAt.In(zone)
}

// Tone returns the colour of the card's findings.
func (c Card) Tone() string {
	switch {
	case c.Blocking:
		return "policy"
	case c.Warning:
		return "person"
	}
	return "grey"
}

func typeIcon(t domain.ContentType) string {
	switch t {
	case domain.ContentEmail:
		return "mail"
	case domain.ContentSocial:
		return "megaphone"
	case domain.ContentProduct:
		return "tag"
	}
	return "file-text"
}

// TitleOf returns the title of an item or an execution, or "Untitled" with its id.
func TitleOf(title string, id int64) string {
	if strings.TrimSpace(title) == "" {
		return "Untitled " + strconv.FormatInt(id, 10)
	}
	return title
}

// Initials returns the first letters of the first two words of a name.
func Initials(name string) string {
	out := ""
	for i, word := range strings.Fields(name) {
		if i < 2 {
			out += strings.ToUpper(string([]rune(word)[0]))
		}
	}
	return out
}
