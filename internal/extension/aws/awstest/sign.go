package awstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	amzDate = "20060102T150405Z"
	// oldest is how far the clock of a caller may be off.
	oldest = 5 * time.Minute
)

// signed checks a signature (Signature Version 4) by signing the call again, and returns whose it is.
func (s *Server) signed(r *http.Request, body []byte, service string) (accessKey string, p *problem) {
	denied := func(code, message string) (string, *problem) {
		return "", &problem{status: http.StatusForbidden, code: code, message: message}
	}
	parts, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return denied("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(parts, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	at, err := time.Parse(amzDate, r.Header.Get("X-Amz-Date"))
	if err != nil || len(scope) != 5 || scope[4] != "aws4_request" || scope[1] != at.Format("20060102") {
		return denied("IncompleteSignatureException", "Authorization header or X-Amz-Date is malformed")
	}
	if scope[3] != service || scope[2] != "us-east-1" {
		return denied("SignatureDoesNotMatch", "Credential should be scoped to us-east-1 and service "+service)
	}
	if d := s.Now().Sub(at); d > oldest || d < -oldest {
		return denied("SignatureDoesNotMatch", "Signature expired")
	}
	keys, ok := s.keys(scope[0])
	switch {
	case !ok || keys.SessionToken != r.Header.Get("X-Amz-Security-Token"):
		return denied("UnrecognizedClientException", "The security token included in the request is invalid")
	case keys.CanExpire && s.Now().After(keys.Expires):
		return denied("ExpiredTokenException", "The security token included in the request is expired")
	}
	want, err := again(r, body, keys, service, strings.Split(fields["SignedHeaders"], ";"), at)
	if err != nil || !strings.HasSuffix(want, "Signature="+fields["Signature"]) {
		return denied("SignatureDoesNotMatch", "The request signature we calculated does not match yours")
	}
	return scope[0], nil
}

func (s *Server) keys(accessKey string) (aws.Credentials, bool) {
	if accessKey == AccessKey {
		return aws.Credentials{AccessKeyID: AccessKey, SecretAccessKey: SecretKey}, true
	}
	keys, ok := s.sessions[accessKey]
	return keys, ok
}

// again signs a call as its caller should have, and returns the header.
func again(
	r *http.Request, body []byte, keys aws.Credentials, service string, signed []string, at time.Time,
) (string, error) {
	u, err := url.Parse("http://" + r.Host + r.URL.RequestURI())
	if err != nil {
		return "", err
	}
	copied := (&http.Request{Method: r.Method, URL: u, Host: r.Host, Header: http.Header{}}).WithContext(r.Context())
	copied.Body, copied.ContentLength = http.NoBody, 0
	for _, name := range signed {
		switch name {
		case "host":
		case "content-length":
			copied.ContentLength = int64(len(body))
			copied.Body = readCloser{bytes.NewReader(body)}
		default:
			copied.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	sum := sha256.Sum256(body)
	signer := v4.NewSigner()
	err = signer.SignHTTP(r.Context(), keys, copied, hex.EncodeToString(sum[:]), service, "us-east-1", at)
	return copied.Header.Get("Authorization"), err
}

type readCloser struct{ *bytes.Reader }

// Close does nothing.
func (readCloser) Close() error { return nil }
