// Package awssync keeps the listings of connected workspaces the same as their products on AWS Marketplace. It tests
// a connection, and syncs: on connecting, every six hours, and on request. A sync is a durable job. Each product is one
// transaction that compares three states (what is here, what AWS has, and what both were last), so that a sync that was
// cut off is simply done again, and two at once do no harm.
//
// What was changed here and not at AWS stays. What was changed in both places is a conflict, which a person resolves.
package awssync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// JobKind is the kind of the jobs that sync.
const JobKind = "aws_sync"

const (
	// Every is the time between two syncs.
	Every = 6 * time.Hour
	// asking bounds a call of AWS while a caller waits.
	asking = 20 * time.Second
	// identityKept is how long it is remembered who this server is to AWS, or that it is nobody.
	identityKept = time.Minute
)

// Options are what a Syncer needs.
type Options struct {
	Store  *store.Store
	Vault  *auth.Vault
	Client *aws.Client
}

// Syncer syncs. It is safe for use by several goroutines.
type Syncer struct {
	Options
	queue *queue.Queue

	mu       sync.Mutex
	identity string
	unknown  error
	readAt   time.Time
}

// New returns a syncer. Without [Syncer.UseQueue] it cannot be asked for a sync.
func New(o Options) *Syncer { return &Syncer{Options: o} }

// UseQueue sets the queue that syncs; it takes [Syncer.Work] for [JobKind].
func (s *Syncer) UseQueue(q *queue.Queue) { s.queue = q }

// ExternalID returns the workspace's external id: what a role must demand of this server when it acts for the
// workspace. It is the same for ever, and no other workspace can choose it.
func (s *Syncer) ExternalID(workspaceID int64) string { return s.Vault.ExternalID(workspaceID) }

// Identity returns the ARN that a role must trust: who this server is to AWS.
func (s *Syncer) Identity(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.Store.Now(); s.readAt.IsZero() || now.Sub(s.readAt) > identityKept {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), asking/4)
		defer done()
		s.identity, s.unknown = s.Client.Identity(ctx)
		s.readAt = now
	}
	return s.identity, s.unknown
}

// TrustPolicy returns the trust policy of a role for a workspace, as JSON.
func (s *Syncer) TrustPolicy(identity string, workspaceID int64) string {
	return document(statement{
		Effect: "Allow", Principal: map[string]string{"AWS": identity}, Action: []string{"sts:AssumeRole"},
		Condition: &condition{map[string]string{"sts:ExternalId": s.ExternalID(workspaceID)}},
	})
}

// PermissionsPolicy returns the permissions policy of a role, as JSON: all that this server does with it. Only its
// first statement is needed: without the others, listings are not sent and opportunities are not synced.
func PermissionsPolicy() string {
	allow := func(id string, actions ...string) statement {
		return statement{Sid: id, Effect: "Allow", Action: actions, Resource: "*"}
	}
	return document(
		allow("ReadListings", "aws-marketplace:ListEntities", "aws-marketplace:DescribeEntity"),
		allow("SendListings", "aws-marketplace:StartChangeSet", "aws-marketplace:DescribeChangeSet"),
		allow("SyncOpportunities",
			"partnercentral:ListOpportunities", "partnercentral:GetOpportunity", "partnercentral:UpdateOpportunity"),
	)
}

func document(list ...statement) string {
	text, err := json.MarshalIndent(policy{"2012-10-17", list}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("a policy is not JSON: %v", err)) // it is made of strings
	}
	return string(text)
}

type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    []string
	Resource  string     `json:",omitempty"`
	Condition *condition `json:",omitempty"`
}

type condition struct{ StringEquals map[string]string }

// session assumes a role for a workspace.
func (s *Syncer) session(ctx context.Context, workspaceID int64, roleARN, externalID string) (*aws.Session, error) {
	return s.Client.Assume(ctx, aws.Role{
		ARN: roleARN, ExternalID: externalID, Session: fmt.Sprintf("vellocity-%d", workspaceID),
	})
}

// Test reports why a role cannot serve as a workspace's connection: it must be assumed with the workspace's external
// id, must refuse to be assumed without one, and must allow to list products. The error is an [*aws.Fault].
func (s *Syncer) Test(ctx context.Context, workspaceID int64, roleARN string) error {
	ctx, done := context.WithTimeout(ctx, asking)
	defer done()
	session, err := s.session(ctx, workspaceID, roleARN, s.ExternalID(workspaceID))
	if err != nil {
		return err
	}
	_, err = s.session(ctx, workspaceID, roleARN, "")
	switch f := aws.FaultOf(err); {
	case err == nil:
		return &aws.Fault{Kind: aws.Denied,
			Message: "The role can be assumed without the external id, so anyone who knows " +
				"its ARN could use it through this server. Add the condition sts:ExternalId of the trust policy to the role, " +
				"then test again."}
	case f.Kind != aws.Denied:
		return err
	}
	_, err = session.Products(ctx, domain.CatalogSaaS)
	return err
}

// Ask asks for a sync of a connected workspace, in the caller's transaction.
func (s *Syncer) Ask(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	if err := tx.AskAWSSync(ctx, workspaceID, tx.Now().Add(Every)); err != nil {
		return err
	}
	return s.Enqueue(ctx, tx, workspaceID)
}

// Enqueue adds the job of a sync that was asked for.
func (s *Syncer) Enqueue(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	if s.queue == nil {
		return errors.New("there is no queue that syncs")
	}
	_, err := s.queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: JobKind, Ref: workspaceID, Priority: 4})
	return err
}

// Due asks for the syncs that are due, and ends those that have failed until now. Every node may call it: who locks the
// connection first asks.
func (s *Syncer) Due(ctx context.Context) error {
	list, err := s.Store.Read().DueAWSSyncs(ctx, s.Store.Now())
	if err != nil {
		return err
	}
	for _, id := range list {
		err := s.Store.InTx(ctx, func(tx *store.Tx) error {
			c, ok, err := tx.LockAWSConnection(ctx, id)
			if err != nil || !ok || c.NextSyncAt.After(tx.Now()) {
				return err
			}
			if err := giveUp(ctx, tx, c); err != nil {
				return err
			}
			return s.Ask(ctx, tx, id)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
