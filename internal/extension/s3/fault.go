package s3

import (
	"errors"
	"net/http"

	"github.com/minio/minio-go/v7"
)

// Fault is what keeps the server from its files.
type Fault struct {
	// Sentence says what is wrong and what to do, for the operator. It holds no keys.
	Sentence string
	// Settled says that it stays so until the operator changes something: trying again does not help.
	Settled bool

	cause error
}

// Error is the sentence.
func (f *Fault) Error() string { return f.Sentence }

// Unwrap is what the client said.
func (f *Fault) Unwrap() error { return f.cause }

// fault words an error of the server or of the way to it.
func (b *Bucket) fault(doing string, err error) error {
	if errors.As(err, new(*Fault)) {
		return err
	}
	at, r := b.String(), minio.ToErrorResponse(err)
	say := func(sentence string) error { return &Fault{sentence, true, err} }
	switch r.Code {
	case minio.NoSuchBucket:
		return say("The bucket " + b.Bucket + " does not exist at " + b.client.EndpointURL().Host +
			". Create it, or correct files, files-endpoint or files-region.")
	case minio.InvalidAccessKeyID, minio.SignatureDoesNotMatch, "InvalidTokenId", "ExpiredToken", "InvalidSecurity":
		return say("The server of " + at + " does not accept the key (" + r.Code +
			"). Correct files-access-key and files-secret-key.")
	case minio.AccessDenied, "AllAccessDisabled", "AccountProblem":
		return say("The key may not " + doing + " in " + at +
			". Allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket.")
	case "RequestTimeTooSkewed", "RequestExpired":
		return say("The clock of this machine and that of the server of " + at +
			" are more than 15 minutes apart. Set the clock.")
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException",
		"InvalidRegion", "301 Moved Permanently":
		where := ""
		if r.Region != "" {
			where = ", " + r.Region
		}
		return say("The bucket " + b.Bucket + " is in another region" + where + ". Correct files-region.")
	}
	if r.StatusCode == http.StatusForbidden || r.StatusCode == http.StatusUnauthorized {
		return say("The key may not " + doing + " in " + at + " (" + r.Code + ").")
	}
	if r.StatusCode != 0 && r.Code != "" {
		return &Fault{"The server of " + at + " could not " + doing + ": " + r.Code + ".", false, err}
	}
	return &Fault{"The server of " + at + " cannot be reached: " + reason(err) + ".", false, err}
}

// reason is the innermost of an error, without the address, which the sentence has.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
