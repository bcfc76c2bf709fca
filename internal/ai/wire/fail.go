package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"vellocity/internal/ai"
)

// cut is the failure of a stream that ended before its answer did.
func cut(provider string) *ai.Error {
	return &ai.Error{Provider: provider, Status: 200, Kind: ai.KindTransient,
		Message: provider + " stopped in the middle of its response. Try again in a few minutes."}
}

func tooLarge(provider string) error {
	return &ai.Error{Provider: provider, Status: 200, Kind: ai.KindAnswer,
		Message: fmt.Sprintf(
			"%s sent a response of more than %d MiB, or a line of more than %d MiB. "+
				"Ask for a shorter text, and check the provider's address.",
			provider,
			MaxAnswer>>20,
			MaxLine>>20,
		)}
}

// fail turns an error of the network or of a stream into an *ai.Error. What the
// request was (provider, optional parameters, secret; status 200 once a stream
// had begun) is in about. When ctx is done, its own error is returned.
func fail(ctx context.Context, err error, about ai.Fault) error {
	var known *ai.Error
	var answer *answerError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &known):
		return known
	case errors.Is(err, errTooLarge), errors.Is(err, bufio.ErrTooLong):
		return tooLarge(about.Provider)
	case errors.As(err, &answer):
		return judge(answer, about)
	default:
		return unreachable(err, about)
	}
}

// answerError is a response without text.
type answerError struct {
	fault   ai.Fault
	instead string // what came with status 200 in place of text
}

func (e *answerError) Error() string {
	return fmt.Sprintf("answered with status %d", e.fault.Status)
}

// refuse reads a response with any status but 200.
func refuse(resp *http.Response, body []byte) error {
	fault := ReadFault(body)
	fault.Status = resp.StatusCode
	if wait := retryAfter(resp.Header, time.Now()); wait > 0 {
		fault.RetryAfter = wait
	}
	if fault.RetryAfter == 0 && fault.Status == http.StatusTooManyRequests {
		fault.RetryAfter = resets(resp.Header, time.Now())
	}
	return &answerError{fault: fault}
}

func judge(answer *answerError, about ai.Fault) error {
	if answer.instead != "" {
		return &ai.Error{Provider: about.Provider, Status: http.StatusOK, Kind: ai.KindAnswer,
			Message: fmt.Sprintf("%s sent %s instead of text. Check the provider's address.", about.Provider, answer.instead)}
	}
	return judgeFault(answer.fault, about)
}

// judgeFault judges what a provider said about a request.
func judgeFault(f, about ai.Fault) error {
	f.Provider, f.Optional, f.MaxTokens, f.Secret = about.Provider, about.Optional, about.MaxTokens, about.Secret
	return ai.Judge(f)
}

// unreachable is a failure of the network, or a stream that was damaged in transit.
func unreachable(err error, about ai.Fault) error {
	cause := errors.New(ai.Scrub(err.Error(), about.Secret))
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return (&ai.Error{Provider: about.Provider, Kind: ai.KindRequest,
			Message: "The certificate of " + about.Provider + " is not trusted. Check the provider's address."}).Because(cause)
	}
	if about.Status == 200 {
		return cut(about.Provider).Because(cause)
	}
	return (&ai.Error{Provider: about.Provider, Kind: ai.KindTransient,
		Message: about.Provider + " could not be reached. " +
			"Check that it is running and that its address is right, then try again."}).Because(cause)
}

// StatusOf returns the HTTP status of the response to a failed call; 0 where there was
// none.
func StatusOf(err error) int {
	if e, ok := ai.AsError(err); ok {
		return e.Status
	}
	return 0
}
