package wire_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

func TestReadFault(t *testing.T) {
	for body, want := range map[string]ai.Fault{
		`{"error":{"message":"m","type":"t","param":"p","code":"c"}}`:        {Code: "c t", Message: "m", Param: "p"},
		`{"error":{"message":"m","type":"t","param":null,"code":null}}`:      {Code: "t", Message: "m"},
		`{"type":"error","error":{"type":"overloaded_error","message":"m"}}`: {Code: "overloaded_error", Message: "m"},
		`{"error":"model not found"}`:                                        {Message: "model not found"},
		`{"detail":"Not Found"}`:                                             {Message: "Not Found"},
		`{"object":"error","message":"m","type":"BadRequest","code":400}`:    {Code: "400 BadRequest", Message: "m", Status: 400},
		`[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"7s","violations":[{"quotaId":"PerDay"}]}]}}]`: {
			Code: "429 RESOURCE_EXHAUSTED", Message: "m", Status: 429, Quota: "PerDay", RetryAfter: 7 * time.Second},
		`{"errors":[{"message":"m"},{"message":"n"}]}`:                                   {Message: "m; n"},
		`{"error":{"message":"m","code":402,"metadata":{"raw":"n"}}}`:                    {Code: "402", Message: "m; n", Status: 402},
		`{"detail":[{"loc":["body","temperature"],"msg":"m","type":"extra_forbidden"}]}`: {Code: "extra_forbidden", Message: "m", Param: "temperature"},
		`{"error":{"message":"m\u0000\ud83d","code":"c\u0000"}}`:                         {Code: "c", Message: "m"},
		`{"error":{"message":"Please try again in 1m2.5s."}}`:                            {Message: "Please try again in 1m2.5s.", RetryAfter: 62500 * time.Millisecond},
		`{"error":{"message":"m","retry_after":3}}`:                                      {Message: "m", RetryAfter: 3 * time.Second},
		`so not`: {Message: "so not"},
		`<html>`: {},
		`[]`:     {},
		``:       {},
	} {
		got := wire.ReadFault([]byte(body))
		got.Page = false
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

// A gateway passes on errors of any shape: none makes the program fail, each has a
// kind and a message, and nothing in it can hurt a database.

func FuzzReadFault(f *testing.F) {
	f.Add([]byte(`{"error":{"message":1,"type":[]}}`), 400)
	f.Add([]byte(`[[{"errors":{"error":[{"detail":{"msg":null}}]}}]]`), 429)
	f.Add([]byte(`{"details":[{"retryDelay":"99999999h","violations":[null,1]}],"message":"try again in 9e999 s"}`), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		fault := wire.ReadFault(body)
		fault.Provider = "acme"
		if fault.Status == 0 || status != 200 {
			fault.Status = status
		}
		e := ai.Judge(fault)
		if e.Message == "" || e.Kind == "" || e.RetryAfter < 0 || e.RetryAfter > 24*time.Hour {
			t.Errorf("%+v", e)
		}
		for _, text := range []string{e.Message, fault.Code, fault.Message, fault.Param, fault.Quota} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x1b\n\r") {
				t.Errorf("%q", text)
			}
		}
	})
}

func TestNarrow(t *testing.T) {
	d := wire.Dialect{Describe: []string{"minItems", "maxLength"}, Small: true, Closed: true}
	for _, c := range []struct {
		in, out string
		strict  bool
	}{
		{`{"$schema":"x","type":"object","properties":{"default":{"type":"string","default":"a"}},"required":["default"]}`,
			`{"type":"object","additionalProperties":false,"properties":{"default":{"type":"string"}},"required":["default"]}`, true},
		{`{"type":"object","properties":{"a":{"type":"array","minItems":3,"items":{"type":"string","maxLength":9,"description":"A word"}},"b":{"type":"array","minItems":1,"items":{}}},"required":["a"]}`,
			`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"array","description":"(minItems: 3)","items":{"type":"string","description":"A word (maxLength: 9)"}},"b":{"type":"array","minItems":1,"items":{}}},"required":["a"]}`, false},
		{`{"$defs":{"x":{"type":"object","properties":{}}},"anyOf":[{"$ref":"#/$defs/x"},{"type":"string","maxLength":2}]}`,
			`{"$defs":{"x":{"type":"object","properties":{},"additionalProperties":false}},"anyOf":[{"$ref":"#/$defs/x"},{"type":"string","description":"(maxLength: 2)"}]}`, true},
		{`{"oneOf":[{"type":"string"}]}`, `{"oneOf":[{"type":"string"}]}`, false},
	} {
		got, strict, err := d.Narrow(json.RawMessage(c.in))
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal([]byte(c.out), &want); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if string(a) != string(b) || strict != c.strict {
			t.Errorf("%s\nbecomes %s\nwant    %s\nstrict %v", c.in, a, b, strict)
		}
	}
	if _, _, err := d.Narrow(json.RawMessage(`[]`)); err == nil {
		t.Error("a list is no schema")
	}
}
