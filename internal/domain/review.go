package domain

import "time"

// ReviewDecision is what a reviewer without an account decided about a version.
type ReviewDecision string

// The decisions.
const (
	ReviewApproved ReviewDecision = "approved"
	ReviewRejected ReviewDecision = "rejected"
)

// ReviewLink lets somebody without an account see one version of one item, comment on it
// and decide about it once.
type ReviewLink struct {
	ID          int64
	WorkspaceID int64
	ContentID   int64
	Version     int
	Note        string // for the reviewer
	CreatedBy   string
	Creator     Starter // the link has the rights that its creator has at the moment of use
	CreatedAt   time.Time
	ExpiresAt   time.Time
	RevokedAt   time.Time      // zero: it was not revoked
	Decision    ReviewDecision // empty: none yet
	DecidedBy   string         // the name that the reviewer gave
	DecidedAt   time.Time
	Reason      string // of a rejection
}

// Live reports whether the link works at the moment now.
func (l ReviewLink) Live(now time.Time) bool { return l.RevokedAt.IsZero() && now.Before(l.ExpiresAt) }

// ReviewerActor returns the actor under whose name the reviewer of a link acts. name is
// what the reviewer typed, so it says so. It may do nothing by itself.
func ReviewerActor(l ReviewLink, name string) Actor {
	return Actor{Kind: ActorReviewer, ID: l.ID, Name: "Reviewer (" + name + ")", WorkspaceID: l.WorkspaceID}
}
