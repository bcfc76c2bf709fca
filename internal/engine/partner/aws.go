package partner

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"vellocity/internal/awssync"
	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// UseSyncer sets what connects workspaces to AWS; without one, nobody can connect.
func (v *Verbs) UseSyncer(s *awssync.Syncer) { v.aws = s }

// AWS is a workspace's connection to AWS and what a person needs to create its role.
type AWS struct {
	Connected   bool
	Connection  domain.AWSConnection // zero where it is not connected
	ExternalID  string
	TrustPolicy string // JSON; empty where Problem says why it is not known
	Permissions string // the permissions policy of the role, JSON
	Problem     string // why this server cannot connect to AWS at all; empty: it can
	NoKeys      bool   // the problem is that the server has no AWS keys of its own
	// Found is what the last sync that succeeded has changed; nil: none did with this role.
	Found *domain.AWSSynced
}

// AWS returns the caller's connection.
func (v *Verbs) AWS(ctx context.Context) (AWS, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return AWS{}, err
	}
	c, ok, err := v.store.Read().AWSConnection(ctx, a.WorkspaceID)
	if err != nil {
		return AWS{}, err
	}
	out := v.describeAWS(ctx, a.WorkspaceID, c, ok)
	out.Found, err = v.lastSync(ctx, c)
	return out, err
}

// AWSConnection returns the caller's connection as it is stored, without asking AWS; the zero connection where there is
// none.
func (v *Verbs) AWSConnection(ctx context.Context) (domain.AWSConnection, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.AWSConnection{}, err
	}
	c, _, err := v.store.Read().AWSConnection(ctx, a.WorkspaceID)
	return c, err
}

// lastSync returns what the last sync that succeeded has changed; nil: none did with the role of the connection.
func (v *Verbs) lastSync(ctx context.Context, c domain.AWSConnection) (*domain.AWSSynced, error) {
	list, err := v.store.Read().LastEvents(ctx, c.WorkspaceID, []domain.EventName{domain.EventAWSSynced}, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var found domain.AWSSynced
	if err := json.Unmarshal(list[0].Payload, &found); err != nil {
		return nil, fmt.Errorf("read what the last sync found: %w", err)
	}
	if found.RoleARN != c.RoleARN {
		return nil, nil //nolint:nilnil // nothing was found
	}
	return &found, nil
}

func (v *Verbs) describeAWS(ctx context.Context, workspaceID int64, c domain.AWSConnection, connected bool) AWS {
	if v.aws == nil {
		return AWS{Problem: "This server cannot connect to AWS."}
	}
	out := AWS{
		Connected: connected, Connection: c, ExternalID: v.aws.ExternalID(workspaceID),
		Permissions: awssync.PermissionsPolicy(),
	}
	who, err := v.aws.Identity(ctx)
	if err != nil {
		f := aws.FaultOf(err)
		out.Problem, out.NoKeys = f.Message, f.Kind == aws.NoKeys
		return out
	}
	out.TrustPolicy = v.aws.TrustPolicy(who, workspaceID)
	return out
}

// ConnectAWS connects the workspace to AWS by a role in its account.
type ConnectAWS struct {
	RoleARN string
	verb.Precondition
}

// ConnectAWS tests a role, stores it in place of another one, and starts a sync. A role that fails the test is a
// VALIDATION_ERROR with the reason; a server without AWS keys of its own a CONFLICT. It takes the scope admin.
func (v *Verbs) ConnectAWS(ctx context.Context, in ConnectAWS) (AWS, error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return AWS{}, err
	}
	in.RoleARN = strings.TrimSpace(in.RoleARN)
	before, connected, err := v.store.Read().AWSConnection(ctx, a.WorkspaceID)
	if err != nil {
		return AWS{}, err
	}
	if err := in.CheckRevision(revisionOf(before, connected)); err != nil { // before AWS is asked, and again below
		return AWS{}, err
	}
	if err := v.testAWS(ctx, a.WorkspaceID, in.RoleARN); err != nil {
		return AWS{}, err
	}
	out := v.describeAWS(ctx, a.WorkspaceID, domain.AWSConnection{}, true)
	return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (AWS, error) {
		c, connected, err := tx.LockAWSConnection(ctx, a.WorkspaceID)
		if err != nil {
			return AWS{}, err
		}
		if err := in.CheckRevision(revisionOf(c, connected)); err != nil {
			return AWS{}, err
		}
		out.Connection, err = tx.ConnectAWS(ctx, a.WorkspaceID, in.RoleARN, tx.Now().Add(awssync.Every))
		if err != nil {
			return AWS{}, err
		}
		if err := v.aws.Enqueue(ctx, tx, a.WorkspaceID); err != nil {
			return AWS{}, err
		}
		return out, tx.AppendEvent(ctx, subject(a.WorkspaceID), domain.AWSConnected{AWSFacts: out.Connection.Facts()})
	})
}

// revisionOf is what If-Match names; nothing names a connection that does not exist.
func revisionOf(c domain.AWSConnection, exists bool) int64 {
	if !exists {
		return -1
	}
	return int64(c.Revision)
}

// testAWS checks a role with AWS, and says what is wrong with it.
func (v *Verbs) testAWS(ctx context.Context, workspaceID int64, role string) error {
	var p domain.Problems
	domain.LimitRoleARN.Text(&p, "iam_role_arn", role)
	if role != "" && !domain.IsRoleARN(role) {
		p.Format("iam_role_arn", "the ARN of an IAM role, such as arn:aws:iam::444455556666:role/vellocity")
	}
	if err := p.Err(); err != nil {
		return err
	}
	if v.aws == nil {
		return domain.Errorf(domain.CodeConflict, "This server cannot connect to AWS.")
	}
	err := v.aws.Test(ctx, workspaceID, role)
	if err == nil {
		return nil
	}
	switch f := aws.FaultOf(err); f.Kind {
	case aws.Denied, aws.Invalid, aws.Missing:
		p.Add("iam_role_arn", "%s", strings.TrimSuffix(f.Message, "."))
		return p.Err()
	case aws.NoKeys:
		return domain.Errorf(domain.CodeConflict, "%s", f.Message)
	default:
		return domain.Errorf(domain.CodeUnavailable, "%s", f.Message)
	}
}

// TestAWS checks a role, by default that of the connection: it must be assumed with our external id, must refuse to be
// assumed without one, and must allow to list products. Nothing is stored. A role that fails is a VALIDATION_ERROR with
// the reason. It takes the scope admin.
func (v *Verbs) TestAWS(ctx context.Context, role string) error {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return err
	}
	if role = strings.TrimSpace(role); role == "" {
		c, ok, err := v.store.Read().AWSConnection(ctx, a.WorkspaceID)
		if err != nil {
			return err
		}
		if !ok {
			return notConnected()
		}
		role = c.RoleARN
	}
	return v.testAWS(ctx, a.WorkspaceID, role)
}

// DisconnectAWS removes the connection. Listings stay, and are found again by a later connection. It takes the scope
// admin.
func (v *Verbs) DisconnectAWS(ctx context.Context, seen verb.Precondition) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		c, ok, err := tx.LockAWSConnection(ctx, a.WorkspaceID)
		if err != nil {
			return struct{}{}, err
		}
		if err := seen.CheckRevision(int64(c.Revision)); err != nil {
			return struct{}{}, err
		}
		if !ok {
			return struct{}{}, notConnected()
		}
		if err := tx.DisconnectAWS(ctx, a.WorkspaceID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, subject(a.WorkspaceID), domain.AWSDisconnected{AWSFacts: c.Facts()})
	})
	return err
}

// SyncListings asks for a sync with the workspace's AWS account, which runs in the background. Without a connection it
// is a CONFLICT. It takes the scope write.
func (v *Verbs) SyncListings(ctx context.Context) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		_, ok, err := tx.LockAWSConnection(ctx, a.WorkspaceID)
		if err != nil {
			return struct{}{}, err
		}
		if !ok {
			return struct{}{}, notConnected()
		}
		return struct{}{}, v.aws.Ask(ctx, tx, a.WorkspaceID)
	})
	return err
}

func notConnected() error {
	return domain.Errorf(domain.CodeConflict, "There is no AWS connection. Connect with PUT /partners/aws, or go on "+
		"without: listings work without one.")
}
