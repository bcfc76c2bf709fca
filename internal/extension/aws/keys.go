package aws

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	// keysPatience is how long a service that gives keys may take to answer. On a machine outside of AWS none is there.
	keysPatience = 5 * time.Second
	// keysMargin is how long before their end keys are fetched again.
	keysMargin = 5 * time.Minute
)

// keys returns where this installation's keys come from. The first that has any wins: the environment, the shared
// files of AWS's tools (keys, credential_process and SSO of a profile), the role of a web identity, of a container or
// of the instance. The chain is that of the S3 client, which is in the program anyway: the SDK's own brings the clients
// of three more services.
func (c *Client) keys() aws.CredentialsProvider {
	if c.o.AccessKey != "" {
		k := aws.Credentials{AccessKeyID: c.o.AccessKey, SecretAccessKey: c.o.SecretKey.Reveal(), Source: "options"}
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return k, nil })
	}
	chain := &credentials.Chain{Providers: []credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{},
	}}
	if hasRole() {
		chain.Providers = append(chain.Providers, &credentials.IAM{Region: Region, Endpoint: c.o.RoleEndpoint})
	}
	client := &http.Client{Timeout: keysPatience, Transport: &http.Transport{Proxy: proxy, DisableKeepAlives: true}}
	find := func(ctx context.Context) (aws.Credentials, error) {
		v, err := chain.RetrieveWithCredContext(&credentials.CredContext{Client: client, Context: ctx})
		if err != nil {
			return aws.Credentials{}, faultOf(err)
		}
		if v.AccessKeyID == "" || v.SecretAccessKey == "" {
			return aws.Credentials{}, noKeys()
		}
		return aws.Credentials{
			AccessKeyID: v.AccessKeyID, SecretAccessKey: v.SecretAccessKey, SessionToken: v.SessionToken, Source: "chain",
			CanExpire: !v.Expiration.IsZero(), Expires: v.Expiration,
		}, nil
	}
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(find), func(o *aws.CredentialsCacheOptions) {
		o.ExpiryWindow = keysMargin
	})
}

// hasRole reports whether the server may run with a role: a web identity or a container says so, and an instance is
// asked unless AWS's own switch forbids it.
func hasRole() bool {
	if !strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		return true
	}
	return slices.ContainsFunc([]string{
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	}, func(name string) bool { return os.Getenv(name) != "" })
}

// proxy is the environment's, save for the addresses at which AWS gives keys to its own machine: a proxy would give its
// own.
func proxy(r *http.Request) (*url.URL, error) {
	if a, err := netip.ParseAddr(r.URL.Hostname()); err == nil && (a.IsLinkLocalUnicast() || a.IsLoopback()) {
		return nil, nil //nolint:nilnil // no proxy
	}
	return http.ProxyFromEnvironment(r)
}
