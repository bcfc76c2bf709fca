package external

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// errOwn marks the faults that are in this package's words already.
var errOwn = errors.New("fault of an external agent")

// fault is a failure of an agent, in a sentence that begins with what messages call it.
func fault(kind ai.Kind, status int, format string, args ...any) *ai.Error {
	e := &ai.Error{Provider: domain.ProviderExternal, Status: status, Kind: kind, Message: fmt.Sprintf(format, args...)}
	return e.Because(errOwn)
}

// explained says a failure that was judged like any provider's in words about agents.
func explained(agent string, e *ai.Error) *ai.Error {
	if errors.Is(e, errOwn) {
		return e
	}
	c := *e
	c.Message = agent + " " + reason(e)
	return &c
}

// reason continues a sentence that begins with the agent.
func reason(e *ai.Error) string {
	http := fmt.Sprintf("(HTTP %d)", e.Status)
	switch {
	case redirects(e.Status):
		return "redirects to another address " + http + ", which is not followed. Enter that address as the agent's."
	case e.Kind == ai.KindAuth:
		return "refused the signed request " + http + ". Check that its server has the current signing secret. " +
			"If it was lost, rotate it."
	case e.Kind == ai.KindRate:
		return "received more calls than it allows " + http + ". Try again later."
	case e.Kind == ai.KindQuota:
		return "says that its account is out of credit " + http + said(e) + ". Add credit there, then try again."
	case e.Kind == ai.KindContext:
		return "says that the task is too long for it " + http + said(e) + ". Shorten the input."
	case e.Kind == ai.KindPolicy:
		return "refused to write this text " + http + said(e) + ". Reword the topic or the instructions."
	case e.Kind == ai.KindRequest && e.Status == 0:
		return "has an address whose certificate is not trusted. Renew the certificate of its server."
	case e.Kind == ai.KindRequest:
		return "refused the task " + http + said(e) + ". See the log of its server."
	case e.Kind == ai.KindAnswer && e.Status != 200 && e.Status < 300:
		return "answered " + http + " instead of 200 with the text. It must answer with the finished text."
	case e.Kind == ai.KindAnswer:
		return `did not answer with JSON. It must answer {"text": "…"} with the status 200.`
	case e.Status == 0:
		return "could not be reached. Check that its server runs and that its address is right, then try again."
	case e.Status < 300:
		return "stopped in the middle of its answer. Try again, and see the log of its server."
	}
	return "failed " + http + said(e) + ". Try again, and see the log of its server."
}

func redirects(status int) bool {
	return status >= http.StatusMultipleChoices && status < http.StatusBadRequest
}

// said adds what the agent itself said.
func said(e *ai.Error) string {
	if e.Detail == "" {
		return ""
	}
	return ": " + strings.TrimRight(e.Detail, ".")
}

// sentence ends a message with one full stop.
func sentence(message string) string { return strings.TrimRight(message, ". ") + "." }

// within writes what messages call an agent in the middle of a sentence.
func within(agent string) string { return "the" + strings.TrimPrefix(agent, "The") }
