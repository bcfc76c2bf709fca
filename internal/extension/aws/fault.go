package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/smithy-go"
)

// FaultKind says what to do about a fault.
type FaultKind int

// The kinds of faults.
const (
	Broken  FaultKind = iota // AWS or the network failed: try again later
	Busy                     // too many calls, or the record is locked by another change: try again soon
	Denied                   // the role or its rights must be changed, by somebody who manages the AWS account
	NoKeys                   // this installation has no keys of AWS: the operator must set them
	Invalid                  // what was sent is refused: a person must change it
	Missing                  // what was asked for is not there
	Stale                    // it was changed at AWS meanwhile: read it again
)

// Fault is why AWS did not do what it was asked, in words for people with the next step. It holds no secret.
type Fault struct {
	Kind    FaultKind
	Code    string // AWS's own name of the error; empty where AWS did not answer
	Message string // whole sentences
	// Fields says for Invalid what is wrong with each field: by AWS's name (Project.Title) in Partner Central, by ours
	// (short_description) where a listing is sent.
	Fields map[string]string
}

// Error returns the message.
func (f *Fault) Error() string { return f.Message }

// Reason returns the message without the next step, for what is tried again by itself.
func (f *Fault) Reason() string {
	return strings.TrimSpace(strings.TrimSuffix(f.Message, steps[f.Kind]))
}

// Passes reports whether the same call may succeed later without a change.
func (f *Fault) Passes() bool { return f.Kind == Broken || f.Kind == Busy }

func faultf(kind FaultKind, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// FaultOf returns the fault of an error of this package; an error of others is [Broken].
func FaultOf(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return faultf(Broken, "%s", err)
}

// kinds are AWS's names of errors. They decide, not the HTTP status: ServiceQuotaExceeded is a 402.
var kinds = map[string]FaultKind{
	"AccessDenied": Denied, "AccessDeniedException": Denied, "UnrecognizedClientException": Denied,
	"InvalidClientTokenId": Denied, "ExpiredToken": Broken, "ExpiredTokenException": Broken,
	"SignatureDoesNotMatch":        Denied,
	"IncompleteSignatureException": Denied, "OptInRequired": Denied,
	"ThrottlingException": Busy, "Throttling": Busy, "TooManyRequestsException": Busy, "ResourceInUseException": Busy,
	"ServiceQuotaExceededException": Invalid, "ValidationException": Invalid, "ValidationError": Invalid,
	"ResourceNotSupportedException": Invalid, "MalformedPolicyDocument": Invalid,
	"ResourceNotFoundException": Missing, "ConflictException": Stale,
}

// steps say what to do about a kind.
var steps = map[FaultKind]string{
	Broken:  "Try again later.",
	Busy:    "Try again in a minute.",
	Denied:  "Check the trust policy, the external id and the permissions of the role in IAM.",
	Invalid: "Change what was sent, then try again.",
	Missing: "It may have been deleted at AWS, or the id belongs to another account.",
	Stale:   "It was changed at AWS meanwhile. Sync, then try again.",
}

// refused makes the fault of an error that AWS has named.
func refused(code, said string) *Fault {
	kind := kinds[code]
	said = strings.Join(strings.Fields(said), " ")
	if said = clip(said, 500); said == "" {
		said = code
	}
	message := fmt.Sprintf("AWS says: %s (%s). %s", strings.TrimSuffix(said, "."), code, steps[kind])
	return &Fault{Kind: kind, Code: code, Message: message}
}

// faultOf translates an error of the SDK.
func faultOf(err error) error {
	var f *Fault
	var named smithy.APIError
	var network net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.As(err, &named):
		return refused(named.ErrorCode(), named.ErrorMessage())
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return faultf(Broken, "AWS did not answer in time. Try again later.")
	}
	return faultf(Broken, "AWS cannot be reached: %s. Try again later.", clip(err.Error(), 300))
}

func noKeys() *Fault {
	return faultf(NoKeys, "This server has no AWS keys of its own. The operator sets AWS_ACCESS_KEY_ID and "+
		"AWS_SECRET_ACCESS_KEY, or runs the server with an AWS role.")
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
