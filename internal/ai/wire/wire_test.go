package wire_test

import (
	"encoding/json"
	"testing"

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
		`{"object":"error","message":"m","type":"BadRequest","code":400}`:    {Code: "400 BadRequest", Message: "m"},
		`<html>`: {},
		`[]`:     {},
		``:       {},
	} {
		got := wire.ReadFault([]byte(body))
		if got.Code != want.Code || got.Message != want.Message || got.Param != want.Param {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func FuzzReadFault(f *testing.F) {
	f.Add([]byte(`{"error":{"message":1,"type":[]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fault := wire.ReadFault(body)
		fault.Status, fault.Provider = 400, "acme"
		if ai.Judge(fault).Message == "" {
			t.Error("no message")
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
