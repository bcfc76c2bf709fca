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
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
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
	// AccessKey and SecretKey are this installation's keys; empty: the SDK's ordinary chain finds them (environment,
	// files, instance).
	AccessKey string
	SecretKey domain.Secret
}

// Client is this installation towards AWS. It is safe for use by several goroutines.
type Client struct {
	o    Options
	load func() (aws.Config, error)
}

// New returns a client. It connects to nothing: keys are looked for when they are first needed.
func New(o Options) *Client {
	c := &Client{o: o}
	c.load = sync.OnceValues(func() (aws.Config, error) {
		options := []func(*config.LoadOptions) error{
			config.WithRegion(Region), config.WithLogger(logging.Nop{}), // faults say it in words
		}
		client := config.HTTPClient(awshttp.NewBuildableClient())
		if o.HTTP != nil {
			client = o.HTTP
		}
		options = append(options, config.WithHTTPClient(client)) // without one, only the SDK's own services have a default
		if o.AccessKey != "" {
			keys := credentials.NewStaticCredentialsProvider(o.AccessKey, o.SecretKey.Reveal(), "")
			options = append(options, config.WithCredentialsProvider(keys))
		}
		return config.LoadDefaultConfig(context.Background(), options...)
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

func (c *Client) sts() (*sts.Client, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, faultOf(err)
	}
	return sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = c.endpoint() }), nil
}

// Identity returns the ARN of whom this installation is to AWS, for the trust policy of a partner's role. An assumed
// role is named by its role (arn:aws:iam::111122223333:role/name), which is what a policy can trust.
func (c *Client) Identity(ctx context.Context) (string, error) {
	s, err := c.sts()
	if err != nil {
		return "", err
	}
	out, err := s.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
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
	s, err := c.sts()
	if err != nil {
		return nil, err
	}
	in := &sts.AssumeRoleInput{
		RoleArn: aws.String(r.ARN), RoleSessionName: aws.String(r.Session), DurationSeconds: aws.Int32(sessionSeconds),
	}
	if r.ExternalID != "" {
		in.ExternalId = aws.String(r.ExternalID)
	}
	out, err := s.AssumeRole(ctx, in)
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
	cfg, err := c.load()
	if err != nil {
		return nil, faultOf(err)
	}
	cfg = cfg.Copy()
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
