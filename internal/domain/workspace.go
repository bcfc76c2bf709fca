package domain

import "time"

// Workspace is one tenant: everything else belongs to exactly one.
type Workspace struct {
	ID              int64
	Slug            string // in feed addresses
	Name            string // company_name
	Plan            Plan
	Timezone        string // IANA name
	BrandVoiceID    int64  // default brand voice; 0: none
	NotifyEmails    []string
	CreditsLowAt    int  // credits are low below this number; 0: a tenth of the last grant
	RequireApproval bool // publishing takes an approval first
	FeedEnabled     bool
	AWSConnected    bool
	Revision        int64
	CreatedAt       time.Time
}

// Location returns the workspace's time zone, UTC where it is unknown.
func (w Workspace) Location() *time.Location {
	if zone, ok := TimeZone(w.Timezone); ok {
		return zone
	}
	return time.UTC
}
