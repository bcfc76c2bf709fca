package aws_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vellocity/internal/extension/aws"
	"vellocity/internal/extension/aws/awstest"
)

// keyless takes all keys out of the environment of a test.
func keyless(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_REGION",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_EC2_METADATA_DISABLED",
	} {
		t.Setenv(name, "")
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
	t.Setenv("AWS_CONFIG_FILE", nowhere)
}

// roles gives keys as an instance, the agent of a container, and STS do. It wants what each of them wants.
func roles(t *testing.T) string {
	t.Helper()
	expires := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	keys := fmt.Sprintf(`{"Code":"Success","AccessKeyId":%q,"SecretAccessKey":%q,"Token":"","Expiration":%q}`,
		awstest.AccessKey, awstest.SecretKey, expires)
	const instance = "/latest/meta-data/iam/security-credentials/"
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /latest/api/token", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "session") })
	mux.HandleFunc("GET "+instance, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Aws-Ec2-Metadata-Token") != "session":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == instance:
			fmt.Fprint(w, "vellocity-server")
		default:
			fmt.Fprint(w, keys)
		}
	})
	mux.HandleFunc("GET /container", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "let me in" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, keys)
	})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") != "AssumeRoleWithWebIdentity" || r.FormValue("WebIdentityToken") != "who I am" ||
			r.FormValue("RoleArn") != "arn:aws:iam::1:role/pod" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
			<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
			<SessionToken></SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
			</AssumeRoleWithWebIdentityResponse>`, awstest.AccessKey, awstest.SecretKey, expires)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// The server finds its keys wherever AWS's own tools do.
func TestKeysAreFound(t *testing.T) {
	double := awstest.New().Start(t)
	file := func(t *testing.T, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	profile := func(name string) string {
		return fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, awstest.AccessKey,
			awstest.SecretKey)
	}
	for name, set := range map[string]func(t *testing.T, roles string) (endpoint string){
		"environment": func(t *testing.T, _ string) string {
			t.Helper()
			t.Setenv("AWS_ACCESS_KEY_ID", awstest.AccessKey)
			t.Setenv("AWS_SECRET_ACCESS_KEY", awstest.SecretKey)
			return ""
		},
		"a shared file": func(t *testing.T, _ string) string {
			t.Helper()
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file(t, profile("default")))
			return ""
		},
		"a profile of the configuration": func(t *testing.T, _ string) string {
			t.Helper()
			t.Setenv("AWS_CONFIG_FILE", file(t, profile("profile content")))
			t.Setenv("AWS_PROFILE", "content")
			return ""
		},
		"a web identity": func(t *testing.T, roles string) string {
			t.Helper()
			t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", file(t, "who I am"))
			t.Setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod")
			return roles
		},
		"the role of a container": func(t *testing.T, roles string) string {
			t.Helper()
			t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", roles+"/container")
			t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file(t, "let me in"))
			return ""
		},
		"the role of an instance": func(_ *testing.T, roles string) string { return roles },
	} {
		t.Run(name, func(t *testing.T) {
			keyless(t)
			c := aws.New(aws.Options{Endpoint: double.URL, RoleEndpoint: set(t, roles(t))})
			_, err := c.Identity(t.Context())
			must(t, err)
		})
	}
}

func TestNoKeysAreNamed(t *testing.T) {
	keyless(t)
	empty := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(empty.Close)
	c := aws.New(aws.Options{Endpoint: awstest.New().Start(t).URL, RoleEndpoint: empty.URL})
	if _, err := c.Identity(t.Context()); faultKind(err) != aws.NoKeys {
		t.Error(err)
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	c = aws.New(aws.Options{Endpoint: awstest.New().Start(t).URL, RoleEndpoint: roles(t)})
	if _, err := c.Identity(t.Context()); faultKind(err) != aws.NoKeys {
		t.Errorf("an instance was asked: %v", err)
	}
}
