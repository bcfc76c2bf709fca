package ai_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"vellocity/internal/ai"
)

func TestJudge(t *testing.T) {
	optional := []string{"temperature", "max_tokens", "response_format"}
	for _, c := range []struct {
		fault ai.Fault
		kind  ai.Kind
		param string
	}{
		{ai.Fault{Status: 400, Message: "Unsupported value: 'temperature' does not support 0.7"}, ai.KindRequest, "temperature"},
		{ai.Fault{Status: 400, Param: "response_format.json_schema", Message: "no"}, ai.KindRequest, "response_format"},
		{ai.Fault{Status: 422, Message: "extra inputs are not permitted: body.temperature"}, ai.KindRequest, "temperature"},
		{ai.Fault{Status: 400, Message: "max_tokens_to_sample is gone"}, ai.KindRequest, ""},
		{ai.Fault{Status: 404, Message: "no model with temperature"}, ai.KindRequest, ""},
		{ai.Fault{Status: 401, Message: "temperature"}, ai.KindAuth, ""},
		{ai.Fault{Status: 400, Message: "Your credit balance is too low to access the API"}, ai.KindQuota, ""},
		{ai.Fault{Status: 429, Code: "enforced_spend_limit_reached"}, ai.KindQuota, ""},
		{ai.Fault{Status: 500, Message: "the context window of the router is broken"}, ai.KindTransient, ""},
		{ai.Fault{Status: 400, Code: "exceed_context_size_error"}, ai.KindContext, ""},
		{ai.Fault{Status: 200, Code: "overloaded_error"}, ai.KindTransient, ""},
		{ai.Fault{Status: 200, Code: "authentication_error"}, ai.KindAuth, ""},
		{ai.Fault{Status: 0}, ai.KindTransient, ""},
		{ai.Fault{Status: 204}, ai.KindAnswer, ""},
		{ai.Fault{Status: 307}, ai.KindRequest, ""},
		{ai.Fault{Status: 418}, ai.KindRequest, ""},
		{ai.Fault{Status: 501}, ai.KindRequest, ""},
		{ai.Fault{Status: 599}, ai.KindTransient, ""},
	} {
		c.fault.Provider, c.fault.Optional = "acme", optional
		e := ai.Judge(c.fault)
		if e.Kind != c.kind || e.Param != c.param {
			t.Errorf("%+v: kind %s, parameter %q", c.fault, e.Kind, e.Param)
		}
		if !strings.Contains(e.Message, "acme") || strings.Contains(e.Message, "%!") {
			t.Errorf("message %q", e.Message)
		}
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"key s3cr3t-value is wrong":                    "key [key] is wrong",
		"Incorrect API key provided: sk-proj-abc*xyz":  "Incorrect API key provided: [key]",
		"header Bearer eyJhbGciOi was refused":         "header [key] was refused",
		"see https://user:pw@x.test/a?key=1 for\nmore": "see [address] for more",
		"bad \xff byte":          "bad byte",
		strings.Repeat("ä", 300): strings.Repeat("ä", 200) + "…",
	} {
		if got := ai.Scrub(in, "s3cr3t-value"); got != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
}

func TestErrorCarriesItsCause(t *testing.T) {
	inner := errors.New("reset by peer")
	err := fmt.Errorf("write section: %w", ai.Judge(ai.Fault{Provider: "acme", Status: 502}).Because(inner))
	e, ok := ai.AsError(err)
	if !ok || !errors.Is(err, inner) || strings.Contains(e.Message, "peer") {
		t.Errorf("%v", err)
	}
}

// TestARejectedKeySaysHowToReplaceIt names the command, which is the only way to another
// key.
func TestARejectedKeySaysHowToReplaceIt(t *testing.T) {
	e := ai.Judge(ai.Fault{Provider: "openai", Status: 401, Message: "Incorrect API key"})
	if !strings.Contains(e.Message, `run "vellocity connect openai"`) {
		t.Errorf("message %q", e.Message)
	}
}
