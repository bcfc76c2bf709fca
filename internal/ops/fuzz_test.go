package ops

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzParseJSON holds that what is read says what was sent: reading it again from its own
// text gives the same, and no character was replaced on the way.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1.0,2e3,-0,1e400,null,"\ud83d\udc1d"]}`, `"\ud83d"`, "\ufeff{}", `{"a":1,"a":2}`, `"\u0000"`, `"\\ud83d"`,
		`[0.10,10e-1,123456789012345678901234567890]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := parseDocument(raw)
		if err != nil {
			return
		}
		if !json.Valid(d.raw) {
			t.Fatalf("%q was read and is no JSON", raw)
		}
		text, err := json.Marshal(d.tree)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", raw, err)
		}
		again, err := parseDocument(text)
		if err != nil || !reflect.DeepEqual(again.tree, d.tree) || again.changed {
			t.Fatalf("%q became %q: %v", raw, text, err)
		}
		sent := bytes.Count(raw, []byte("\ufffd")) + strings.Count(strings.ToLower(string(raw)), `\ufffd`)
		if got := bytes.Count(text, []byte(`\ufffd`)) + bytes.Count(text, []byte("\ufffd")); got > sent {
			t.Fatalf("%q became %q: characters were replaced", raw, text)
		}
	})
}
