package domain

import "time"

// PushIntent says what AWS Marketplace is to do with the texts of a listing.
type PushIntent string

// The intents.
const (
	PushValidate PushIntent = "validate" // check them; nothing changes
	PushApply    PushIntent = "apply"    // check them, then show them to buyers
)

// Values lists the intents.
func (PushIntent) Values() []string { return names([]PushIntent{PushValidate, PushApply}) }

// Scope returns what a caller needs: to apply changes what the public sees.
func (i PushIntent) Scope() Scope {
	if i == PushApply {
		return ScopePublish
	}
	return ScopeWrite
}

// PushStatus says how far a push is.
type PushStatus string

// The states of a push, in their order. The last two are ends.
const (
	PushQueued     PushStatus = "queued"
	PushValidating PushStatus = "validating" // AWS checks the texts
	PushApplying   PushStatus = "applying"   // AWS has let them through, and takes them over
	PushSucceeded  PushStatus = "succeeded"
	PushFailed     PushStatus = "failed"
)

// Values lists the states.
func (PushStatus) Values() []string {
	return names([]PushStatus{PushQueued, PushValidating, PushApplying, PushSucceeded, PushFailed})
}

// Ended reports whether nothing more happens.
func (s PushStatus) Ended() bool { return s == PushSucceeded || s == PushFailed }

// ListingPush is one sending of a listing's texts to AWS Marketplace.
type ListingPush struct {
	ID          int64
	WorkspaceID int64
	ListingID   int64
	Intent      PushIntent
	Status      PushStatus
	Fields      []string          // the names of the fields that are sent
	Error       string            // why it failed, or what it waits for; empty: neither
	Faults      map[string]string // what AWS says against single fields, by their names
	RequestedBy string            // the name of the person or key
	CreatedAt   time.Time
	EndedAt     time.Time // zero: it has not ended

	Sent     ListingFields // the listing as it was when the push was asked for
	Base     ListingFields // what AWS had then, as far as was known
	Token    string        // names its change sets at AWS: two tries with one token are one change set
	Type     string        // the type of AWS's entity, such as SaaSProduct@1.0; empty: it was not read yet
	State    string        // the revision of AWS's entity that the texts are checked against
	CheckSet string        // the change set that checks; empty: none is known yet
	ApplySet string        // the change set that applies; empty: none is known yet
	Tries    int           // how often AWS was asked in this status without an end
	Revision int           // raised with each step, so that two nodes do not both take one
}

// ListingPushFacts is what every event about a push says.
type ListingPushFacts struct {
	ListingFacts
	PushID      int64      `json:"push_id"`
	Intent      PushIntent `json:"intent"`
	Fields      []string   `json:"fields"`
	RequestedBy string     `json:"requested_by"`
}

// Facts returns what events say about a push of a listing.
func (p ListingPush) Facts(l Listing) ListingPushFacts {
	return ListingPushFacts{l.Facts(), p.ID, p.Intent, p.Fields, p.RequestedBy}
}

// ListingPushRequested says that a listing is to be checked by AWS Marketplace, or sent to it.
type ListingPushRequested struct{ ListingPushFacts }

// EventName returns listing.push_requested.
func (ListingPushRequested) EventName() EventName { return EventListingPushRequested }

// ListingPushed says that AWS Marketplace shows a listing's texts.
type ListingPushed struct{ ListingPushFacts }

// EventName returns listing.pushed.
func (ListingPushed) EventName() EventName { return EventListingPushed }

// ListingPushFailed says that AWS Marketplace refused a listing's texts, or could not take them.
type ListingPushFailed struct {
	ListingPushFacts
	Error string `json:"error"`
}

// EventName returns listing.push_failed.
func (ListingPushFailed) EventName() EventName { return EventListingPushFailed }

// listingPushEventTypes is the part of the catalogue that is about pushes.
func listingPushEventTypes(facts ListingFacts) []EventType {
	f := ListingPushFacts{facts, 3, PushApply, []string{"short_description"}, "Ada"}
	return []EventType{
		{"", "A listing is to be checked by AWS Marketplace, or sent to it.", ListingPushRequested{f}},
		{"", "A listing was sent to AWS Marketplace, which shows it.", ListingPushed{f}},
		{"", "AWS Marketplace did not take a listing.", ListingPushFailed{f,
			"AWS refused the change: LogoUrl cannot be read (INVALID_INPUT). Change the listing, then try again."}},
	}
}
