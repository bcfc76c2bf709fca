package partner

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// AWSView is a workspace's connection to AWS.
type AWSView struct {
	Connected   bool                 `json:"connected"`
	RoleARN     string               `json:"iam_role_arn" doc:"The role in the workspace's AWS account that this server assumes; empty: it is not connected"`
	ExternalID  string               `json:"external_id" doc:"What the role must demand (sts:ExternalId). It is this workspace's, and stays"`
	TrustPolicy *string              `json:"trust_policy" doc:"The role's trust policy, JSON to paste in IAM; null where problem says why"`
	Permissions string               `json:"permissions_policy" doc:"The role's permissions policy, JSON to paste in IAM: all that this server does with the role"`
	Problem     string               `json:"problem" doc:"Why this server cannot connect to AWS at all; empty where it can"`
	Syncing     bool                 `json:"syncing"`
	SyncedAt    *time.Time           `json:"synced_at" doc:"When a sync last succeeded"`
	NextSyncAt  *time.Time           `json:"next_sync_at"`
	Found       ops.Maybe[FoundView] `json:"found" doc:"What the last sync that succeeded has changed; null where none did with this role"`
	Error       string               `json:"error" doc:"Why the last sync failed, and what to do; empty where it did not"`
	Revision    int                  `json:"revision" doc:"Raised with each change of the role; 0 where it is not connected"`

	Opportunities        domain.DealSyncState `json:"opportunities" doc:"How the sync of opportunities with Partner Central went"`
	OpportunitiesError   string               `json:"opportunities_error" doc:"Why it did not succeed, and what to do; empty where it did"`
	OpportunitiesSkipped []SkippedDeal        `json:"opportunities_skipped" doc:"Opportunities at AWS that could not be imported"`
}

// FoundView is what a sync has changed.
type FoundView struct {
	Created   int `json:"created" doc:"Listings that are new"`
	Updated   int `json:"updated" doc:"Listings that were changed on AWS Marketplace"`
	Conflicts int `json:"conflicts" doc:"Listings that were changed here and on AWS Marketplace"`
}

type connectAWS struct {
	RoleARN string `json:"iam_role_arn" limit:"role_arn" doc:"The ARN of the role: arn:aws:iam::444455556666:role/vellocity"`
	ops.Conditional
}

type testAWS struct {
	RoleARN string `json:"iam_role_arn,omitempty" limit:"role_arn" doc:"By default the role of the connection"`
}

var chapterAWS = ops.Chapter{
	Name: "AWS",
	Description: "The workspace's connection to AWS: a role in its account that this server assumes with an external " +
		"id. Its products on AWS Marketplace become listings, and its opportunities in Partner Central opportunities, on " +
		"connecting and every six hours.",
}

const awsPath = "/partners/aws"

func sampleAWS() partner.AWS {
	return partner.AWS{
		Connected: true, ExternalID: "vellocity-1-5f0c1ad2b3e44f5a8c7d6e5f4a3b2c1d",
		TrustPolicy: `{"Version":"2012-10-17","Statement":[…]}`,
		Permissions: `{"Version":"2012-10-17","Statement":[…]}`,
		Found:       &domain.AWSSynced{Created: 1, Updated: 2},
		Connection: domain.AWSConnection{
			RoleARN: "arn:aws:iam::444455556666:role/vellocity", Asked: 3, Done: 3, Revision: 1,
			SyncedAt: wire.SampleTime(), NextSyncAt: wire.SampleTime().Add(6 * time.Hour),
		},
	}
}

func awsRows(v *partner.Verbs) []ops.Op {
	return []ops.Op{getAWSRow(v), connectAWSRow(v), testAWSRow(v), disconnectAWSRow(v)}
}

func viewAWS(r *ops.Reply, a partner.AWS) AWSView {
	c := a.Connection
	r.Revision = wire.Number(int64(c.Revision))
	var found ops.Maybe[FoundView]
	if a.Found != nil {
		found.Value = &FoundView{a.Found.Created, a.Found.Updated, a.Found.Conflicts}
	}
	return AWSView{
		Connected: a.Connected, RoleARN: c.RoleARN, ExternalID: a.ExternalID,
		TrustPolicy: wire.Optional(a.TrustPolicy), Permissions: a.Permissions, Problem: a.Problem, Found: found,
		Syncing: c.Syncing(), SyncedAt: wire.Time(c.SyncedAt),
		NextSyncAt: wire.Time(c.NextSyncAt), Error: c.Error, Revision: c.Revision,
		Opportunities: cmp.Or(c.Deals.State, domain.DealsNotSynced), OpportunitiesError: c.Deals.Note,
		OpportunitiesSkipped: skippedOf(c.Deals),
	}
}

func getAWSRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_aws_connection",
		Route: ops.Route{Method: http.MethodGet, Path: awsPath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterAWS, Summary: "Get the AWS connection",
			Description: "Whether the workspace is connected, the external id and the trust policy for its role, and how the " +
				"last sync went.",
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "aws", Verb: "get"},
	}, func(ctx context.Context, _ struct{}) (partner.AWS, error) { return v.AWS(ctx) }, viewAWS, sampleAWS())
}

// connectsInPerson is also why a text that a model has read cannot have the workspace's data sent to another account.
const connectsInPerson = "a person connects AWS, with rights in the AWS account"

func connectAWSRow(v *partner.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "connect_aws",
		Route: ops.Route{Method: http.MethodPut, Path: awsPath},
		Scope: domain.ScopeAdmin,
		Hints: ops.Hints{Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterAWS, Summary: "Connect AWS",
			Description: "Tests the role, stores it in place of another one, and starts a sync. A role that fails the test is " +
				"refused with the reason: it must be assumed with the external id, must refuse to be assumed without one, and " +
				"must allow aws-marketplace:ListEntities and DescribeEntity.",
			Errors:  []domain.Code{domain.CodeConflict},
			Example: map[string]any{"iam_role_arn": sampleAWS().Connection.RoleARN},
		},
		Tool:    ops.Tool{None: connectsInPerson},
		Command: ops.Command{Noun: "aws", Verb: "connect"},
	}, func(ctx context.Context, in connectAWS) (partner.AWS, error) {
		return v.ConnectAWS(ctx, partner.ConnectAWS{
			RoleARN: in.RoleARN, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewAWS, sampleAWS())
}

func testAWSRow(v *partner.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "test_aws_connection",
		Route: ops.Route{Method: http.MethodPost, Path: awsPath + "/test", Status: http.StatusNoContent},
		Scope: domain.ScopeAdmin,
		Docs: ops.Docs{
			Chapter: chapterAWS, Summary: "Test the AWS connection",
			Description: "Tests a role as connecting does, and stores nothing. A role that fails is refused with the reason.",
			Errors:      []domain.Code{domain.CodeConflict},
			Example:     map[string]any{"iam_role_arn": sampleAWS().Connection.RoleARN},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "aws", Verb: "test"},
	}, func(ctx context.Context, in testAWS) error { return v.TestAWS(ctx, in.RoleARN) })
}

func disconnectAWSRow(v *partner.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "disconnect_aws",
		Route: ops.Route{Method: http.MethodDelete, Path: awsPath, Status: http.StatusNoContent},
		Scope: domain.ScopeAdmin,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterAWS, Summary: "Disconnect AWS",
			Description: "Listings stay as they are, and a later connection finds them again.",
			Errors:      []domain.Code{domain.CodeConflict},
		},
		Tool:    ops.Tool{Set: toolset},
		Command: ops.Command{Noun: "aws", Verb: "disconnect"},
	}, func(ctx context.Context, in ops.Conditional) error {
		return v.DisconnectAWS(ctx, verb.Precondition{IfMatch: in.Revisions()})
	})
}
