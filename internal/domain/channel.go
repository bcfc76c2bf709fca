package domain

import (
	"slices"
	"time"
)

// ChannelKind says what is at the other end of a channel.
type ChannelKind string

// The kinds of channels.
const (
	ChannelWordPress ChannelKind = "wordpress"
	ChannelGhost     ChannelKind = "ghost"
	ChannelBluesky   ChannelKind = "bluesky"
	ChannelMastodon  ChannelKind = "mastodon"
	ChannelWebhook   ChannelKind = "webhook"
)

// Values lists the kinds.
func (ChannelKind) Values() []string {
	return names([]ChannelKind{ChannelWordPress, ChannelGhost, ChannelBluesky, ChannelMastodon, ChannelWebhook})
}

// Channel is a place where a workspace publishes, beside its built-in feed: a site, an
// account on a network, a webhook. Its secret is stored apart, encrypted.
type Channel struct {
	ID           int64
	WorkspaceID  int64
	Slug         string // what settings and publications call it; it never changes and is never given out again
	Kind         ChannelKind
	Name         string
	Settings     map[string]string
	ContentTypes []ContentType // what is published there unless a caller chooses the channels
	Enabled      bool
	Error        string    // why it does not work; empty while it does, or while nobody has tried
	CheckedAt    time.Time // of the last check or publication; zero: never
	Version      int       // raised by each change that a person makes
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Revision changes with everything that people may change about a channel, for ETags.
func (c Channel) Revision() int64 { return int64(c.Version) }

// Takes reports whether an item is published on the channel where nobody has chosen the
// channels. A post that was written for one network goes to no other.
func (c Channel) Takes(i ContentItem) bool {
	if !c.Enabled || !slices.Contains(c.ContentTypes, i.Type) {
		return false
	}
	return i.Type != ContentSocial || i.Channel == "" || i.Channel == string(c.Kind)
}

// ChannelFacts is what an event about a channel says.
type ChannelFacts struct {
	ID      int64       `json:"id"`
	Slug    string      `json:"slug"`
	Kind    ChannelKind `json:"kind"`
	Name    string      `json:"name"`
	Enabled bool        `json:"enabled"`
}

// Facts returns the channel's facts for an event.
func (c Channel) Facts() ChannelFacts { return ChannelFacts{c.ID, c.Slug, c.Kind, c.Name, c.Enabled} }

// ChannelCreated says that a channel was created.
type ChannelCreated struct{ ChannelFacts }

// EventName returns channel.created.
func (ChannelCreated) EventName() EventName { return EventChannelCreated }

// ChannelChanged says that a channel was changed.
type ChannelChanged struct{ ChannelFacts }

// EventName returns channel.changed.
func (ChannelChanged) EventName() EventName { return EventChannelChanged }

// ChannelDeleted says that a channel was deleted.
type ChannelDeleted struct{ ChannelFacts }

// EventName returns channel.deleted.
func (ChannelDeleted) EventName() EventName { return EventChannelDeleted }

// PublicationQueued says that an item is to be published on a channel, or taken off it,
// again.
type PublicationQueued struct {
	ContentID int64             `json:"content_id"`
	Channel   string            `json:"channel"` // slug
	Action    PublicationAction `json:"action"`
	Version   int               `json:"version"`
}

// EventName returns publication.queued.
func (PublicationQueued) EventName() EventName { return EventPublicationQueued }

// PublicationEnded says that a publication on a channel has succeeded, has failed for good
// or was skipped.
type PublicationEnded struct {
	ContentID int64             `json:"content_id"`
	Channel   string            `json:"channel"` // slug
	Action    PublicationAction `json:"action"`
	Version   int               `json:"version"`
	Status    PublicationStatus `json:"status"`
	URL       string            `json:"url"`
	Error     string            `json:"error"`
}

// EventName returns publication.ended.
func (PublicationEnded) EventName() EventName { return EventPublicationEnded }

// channelEventTypes lists the events about channels and publications on them.
func channelEventTypes() []EventType {
	channel := ChannelFacts{4, "company-blog", ChannelWordPress, "Company blog", true}
	return []EventType{
		{"", "A channel was created.", ChannelCreated{channel}},
		{"", "A channel was changed.", ChannelChanged{channel}},
		{"", "A channel was deleted.", ChannelDeleted{channel}},
		{"", "An item is to be published on a channel, or taken off it, again.",
			PublicationQueued{101, "company-blog", PublicationPublish, 2}},
		{"", "A publication on a channel has succeeded, has failed for good or was skipped.", PublicationEnded{
			101, "company-blog", PublicationPublish, 2, PublicationPublished, "https://blog.example.com/?p=12", "",
		}},
	}
}

// ChannelFeed is the slug of the built-in feed, which every workspace has.
const ChannelFeed = "feed"

// MostChannels is how many channels a workspace may have.
const MostChannels = 50

// PublicationAction says what a publication does.
type PublicationAction string

// The actions.
const (
	PublicationPublish PublicationAction = "publish" // put the item on the channel, or replace what is there
	PublicationRemove  PublicationAction = "remove"  // take it off
)

// Values lists the actions.
func (PublicationAction) Values() []string {
	return names([]PublicationAction{PublicationPublish, PublicationRemove})
}
