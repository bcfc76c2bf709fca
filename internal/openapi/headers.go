package openapi

import (
	"net/http"

	"vellocity/internal/ops"
)

func headerRef(name string) param { return param{Ref: "#/components/headers/" + name} }

func textHeader(description, example string) param {
	return param{Description: description, Schema: text(), Example: example}
}

func numberHeader(description string, example int) param {
	return param{Description: description, Schema: &ops.Schema{Type: "integer"}, Example: example}
}

// headers describes every header that a response may have.
func headers() map[string]param {
	const (
		link     = `</api/v1/credits/ledger?page=2&per_page=20>; rel="next"`
		policy   = `"minute";q=1000;w=60, "day";q=100000;w=86400`
		left     = `"minute";r=998;t=42, "day";r=99998;t=24442`
		location = "/api/v1/content-workflow/executions/789"
		request  = "OYXQ3BK2K4TPSQKZXJH7N2WJ5M"
	)
	return map[string]param{
		"X-Request-Id": textHeader("Names this request in the server's log; yours is echoed", request),

		"X-RateLimit-Limit":     numberHeader("Calls per minute; per day in a 429 of the daily limit", 1000),
		"X-RateLimit-Remaining": numberHeader("Calls left in that window", 998),
		"X-RateLimit-Reset":     numberHeader("When that window starts again, in Unix seconds", 1772100060),
		"RateLimit":             textHeader("What is left of every window, by the IETF draft", left),
		"RateLimit-Policy":      textHeader("The size of every window, by the IETF draft", policy),
		"Retry-After":           numberHeader("Seconds to wait", 12),

		"ETag":                textHeader("Strong tag, for If-None-Match and If-Match", `"3-1b9kz"`),
		"Link":                textHeader("The first, previous, next and last page (RFC 8288)", link),
		"Location":            textHeader("Where the new resource is", location),
		"Idempotent-Replayed": textHeader("true for a response that was stored under the same Idempotency-Key", "true"),
	}
}

// successHeaders are the headers of a row's response.
func successHeaders(o *ops.Op) map[string]param {
	names := []string{"X-Request-Id"}
	if !o.Public() {
		names = append(names, "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
			"RateLimit", "RateLimit-Policy")
	}
	if o.ETag {
		names = append(names, "ETag")
	}
	if o.Paged() {
		names = append(names, "Link")
	}
	if o.Status == http.StatusCreated {
		names = append(names, "Location")
	}
	if o.IdempotencyKey {
		names = append(names, "Idempotent-Replayed")
	}
	for _, h := range streamHeaders(o) {
		names = append(names, h.Name)
	}
	out := map[string]param{}
	for _, n := range names {
		out[n] = headerRef(n)
	}
	return out
}

func streamHeaders(o *ops.Op) []ops.HeaderDoc {
	if o.Stream == nil {
		return nil
	}
	return o.Stream.Headers
}
