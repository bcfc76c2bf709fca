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
	Planned  time.Time // when it is meant to be published; zero once it is, or without a plan
	Findings int
	Blocking bool // a finding keeps it from being published
	Warning  bool // a finding is more than a note
	Needs    int  // inputs that would improve it
}

// CardOf returns the card of an item.
func CardOf(i domain.ContentItem) Card {
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
		Planned:  plannedFor(i),
		Findings: OpenFindings(i.Findings),
		Blocking: domain.Blocking(i.Findings),
		Warning:  slices.ContainsFunc(i.Findings, func(f domain.Finding) bool { return f.Severity != domain.SeverityInfo }),
		Needs:    len(i.NeedsInput),
	}
}

func plannedFor(i domain.ContentItem) time.Time {
	if i.Status == domain.ItemPublished {
		return time.Time{}
	}
	return i.PlannedAt
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
