// Package aws reads and writes what a partner has at AWS: products of AWS Marketplace (Marketplace Catalog API,
// 2018-09-17) and co-sell opportunities (Partner Central Selling API, 2022-07-26). It acts in the partner's account
// through a role that trusts this installation's account and demands an external id (IAM, AssumeRole).
//
// A [Client] is this installation; a [Session] is one role of a partner, for a quarter of an hour. Every error that AWS
// or the network causes is a [*Fault], in words for people. Nothing here is kept between calls, and nothing is
// repeated beyond the SDK's own short retries: whether to try again is the caller's decision.
package aws

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"vellocity/internal/domain"
)

// Region is where Marketplace Catalog and Partner Central answer.
const Region = "us-east-1"

// sessionSeconds is how long the credentials of a role hold: the least that AWS gives.
const sessionSeconds = 900

// Options are what a Client needs.
type Options struct {
	// Endpoint is the address of a test server that answers for all services; empty means AWS itself.
	Endpoint string
	HTTP     *http.Client // nil: the SDK's
	// AccessKey and SecretKey are this installation's keys; empty: they are found where AWS's own tools find them
	// (environment, files, role).
	AccessKey string
	SecretKey domain.Secret
	// RoleEndpoint is the address of a test server that gives the keys of a role, as an instance and STS do; empty means
	// those.
	RoleEndpoint string
}

// Client is this installation towards AWS. It is safe for use by several goroutines.
type Client struct {
	o    Options
	load func() aws.Config
}

// New returns a client. It connects to nothing: keys are looked for when they are first needed.
func New(o Options) *Client {
	c := &Client{o: o}
	c.load = sync.OnceValue(func() aws.Config {
		// Faults say in words what a log would.
		cfg := aws.Config{Region: Region, Logger: logging.Nop{}, Credentials: c.keys(), HTTPClient: o.HTTP}
		if o.HTTP == nil {
			cfg.HTTPClient = awshttp.NewBuildableClient()
		}
		return cfg
	})
	return c
}

// endpoint returns the address of the test server as the SDK wants it; nil means AWS itself.
func (c *Client) endpoint() *string {
	if c.o.Endpoint == "" {
		return nil
	}
	return aws.String(strings.TrimSuffix(c.o.Endpoint, "/"))
}

func (c *Client) sts() *sts.Client {
	return sts.NewFromConfig(c.load(), func(o *sts.Options) { o.BaseEndpoint = c.endpoint() })
}

// Identity returns the ARN of whom this installation is to AWS, for the trust policy of a partner's role. An assumed
// role is named by its role (arn:aws:iam::111122223333:role/name), which is what a policy can trust.
func (c *Client) Identity(ctx context.Context) (string, error) {
	out, err := c.sts().GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", faultOf(err)
	}
	return trustable(aws.ToString(out.Arn)), nil
}

// trustable turns arn:aws:sts::1:assumed-role/name/session into arn:aws:iam::1:role/name.
func trustable(arn string) string {
	head, rest, ok := strings.Cut(arn, ":assumed-role/")
	if !ok {
		return arn
	}
	name, _, _ := strings.Cut(rest, "/")
	return strings.Replace(head, ":sts:", ":iam:", 1) + ":role/" + name
}

// Role is a role in a partner's account.
type Role struct {
	ARN        string // arn:aws:iam::444455556666:role/vellocity
	ExternalID string // ours for this workspace; empty only to see whether the role demands one
	Session    string // how the partner's log of AWS calls names the session, such as vellocity-7
}

// Session acts in a partner's account. It is safe for use by several goroutines; calls of Partner
// Central go one by one, ten reads and one write per second, which is AWS's limit.
type Session struct {
	catalog *marketplacecatalog.Client
	keys    aws.Credentials
	http    aws.HTTPClient
	url     string // of Partner Central

	reads, writes sync.Mutex
	read, wrote   time.Time
}

// Assume takes on a role. A role that refuses is a [*Fault] of the kind [Denied].
func (c *Client) Assume(ctx context.Context, r Role) (*Session, error) {
	in := &sts.AssumeRoleInput{
		RoleArn: aws.String(r.ARN), RoleSessionName: aws.String(r.Session), DurationSeconds: aws.Int32(sessionSeconds),
	}
	if r.ExternalID != "" {
		in.ExternalId = aws.String(r.ExternalID)
	}
	out, err := c.sts().AssumeRole(ctx, in)
	if err != nil {
		return nil, faultOf(err)
	}
	if out.Credentials == nil {
		return nil, faultf(Broken, "AWS took the role on but gave no keys. Try again later.")
	}
	keys := aws.Credentials{
		AccessKeyID:     aws.ToString(out.Credentials.AccessKeyId),
		SecretAccessKey: aws.ToString(out.Credentials.SecretAccessKey),
		SessionToken:    aws.ToString(out.Credentials.SessionToken),
		CanExpire:       true, Expires: aws.ToTime(out.Credentials.Expiration),
	}
	cfg := c.load().Copy()
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil })
	session := &Session{
		catalog: marketplacecatalog.NewFromConfig(cfg, func(o *marketplacecatalog.Options) { o.BaseEndpoint = c.endpoint() }),
		keys:    keys, http: cfg.HTTPClient, url: "https://partnercentral-selling." + Region + ".api.aws/",
	}
	if e := c.endpoint(); e != nil {
		session.url = *e + "/"
	}
	return session, nil
}
