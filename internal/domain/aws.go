package domain

import (
	"regexp"
	"time"
)

// AWSConnection is a workspace's connection to AWS: a role in its account that this server assumes.
type AWSConnection struct {
	WorkspaceID int64
	RoleARN     string // arn:aws:iam::444455556666:role/vellocity
	Asked       int64  // how often a sync was asked for
	Done        int64  // the last of them that was answered
	NextSyncAt  time.Time
	SyncedAt    time.Time // when a sync last succeeded; zero: never
	Error       string    // why the last sync failed, with what to do; empty: it did not
	Deals       DealSync
	Revision    int // from 1, raised with each change of the role
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Syncing reports whether a sync is under way or about to start.
func (c AWSConnection) Syncing() bool { return c.Asked > c.Done }

// Facts returns what events say about the connection.
func (c AWSConnection) Facts() AWSFacts { return AWSFacts{c.RoleARN} }

var roleARN = regexp.MustCompile(`^arn:aws(-us-gov|-cn)?:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}$`)

// IsRoleARN reports whether a text is the ARN of an IAM role.
func IsRoleARN(text string) bool { return roleARN.MatchString(text) }

// AWSFacts is what every event about a connection to AWS says.
type AWSFacts struct {
	RoleARN string `json:"iam_role_arn"`
}

// AWSConnected says that a workspace was connected to AWS, or to another role.
type AWSConnected struct{ AWSFacts }

// EventName returns aws.connected.
func (AWSConnected) EventName() EventName { return EventAWSConnected }

// AWSDisconnected says that a workspace is no longer connected to AWS.
type AWSDisconnected struct{ AWSFacts }

// EventName returns aws.disconnected.
func (AWSDisconnected) EventName() EventName { return EventAWSDisconnected }

// AWSSynced says that a sync with AWS succeeded, and what it changed.
type AWSSynced struct {
	AWSFacts
	Created   int `json:"created"`   // listings
	Updated   int `json:"updated"`   // listings
	Conflicts int `json:"conflicts"` // listings that were changed here and at AWS
}

// EventName returns aws.synced.
func (AWSSynced) EventName() EventName { return EventAWSSynced }

// AWSSyncFailed says that a sync with AWS failed, and what to do.
type AWSSyncFailed struct {
	AWSFacts
	Error string `json:"error"`
}

// EventName returns aws.sync_failed.
func (AWSSyncFailed) EventName() EventName { return EventAWSSyncFailed }

// awsEventTypes is the part of the catalogue that is about connections to AWS.
func awsEventTypes() []EventType {
	facts := AWSFacts{"arn:aws:iam::444455556666:role/vellocity"}
	return []EventType{
		{"", "The workspace was connected to AWS.", AWSConnected{facts}},
		{"", "The workspace is no longer connected to AWS.", AWSDisconnected{facts}},
		{"", "A sync with AWS succeeded.", AWSSynced{facts, 1, 2, 0}},
		{"", "A sync with AWS failed.", AWSSyncFailed{facts, "AWS cannot be reached. Try again later."}},
	}
}
