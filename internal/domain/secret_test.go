package domain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const canary = "canary-7f3a"
	in := struct {
		Key  Secret
		Ptr  *Secret
		Map  map[string]Secret
		List []Secret
	}{Key: canary, Map: map[string]Secret{"a": canary}, List: []Secret{canary}}
	in.Ptr = &in.Key
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%.3s"} {
		fmt.Fprintf(&out, verb+"\n", in.Key)
		fmt.Fprintf(&out, verb+"\n", in)
	}
	fmt.Fprintln(&out, fmt.Errorf("wrapped: %w", fmt.Errorf("key %s", in.Key)), in.Ptr, *in.Ptr)
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("x", "key", in.Key, "all", in)
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	for _, leak := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), "can"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q leaks in:\n%s", leak, out.String())
		}
	}
	if !strings.Contains(string(b), `"Key":"***"`) {
		t.Errorf("JSON is %s", b)
	}
	if in.Key.Reveal() != canary {
		t.Error("Reveal must give it out")
	}
}
