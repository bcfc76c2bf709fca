package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/signature"
)

// verify is the example of the document.
func verify(secret string, header http.Header, body []byte) bool {
	at, err := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", header.Get("webhook-id"), at, body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for got := range strings.SplitSeq(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(got), []byte(want)) {
			return true
		}
	}
	return false
}

// asked is one request that an example verifies, and whether it should pass.
type asked struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Good    bool              `json:"good"`
}

// requests are good ones, and ones with each kind of fault.
func requests() []asked {
	secret, old := signature.NewSecret().Reveal(), signature.NewSecret().Reveal()
	sign := func(at time.Time, secrets ...string) map[string]string {
		var list []string
		for _, s := range secrets {
			key, _ := base64.StdEncoding.DecodeString(s)
			list = append(list, signature.Sign(key, "msg_1", at, []byte(`{"a":"ü"}`)))
		}
		return map[string]string{
			"webhook-id": "msg_1", "webhook-timestamp": strconv.FormatInt(at.Unix(), 10),
			"webhook-signature": strings.Join(list, " "),
		}
	}
	now := time.Now()
	with := func(name, value string) map[string]string {
		h := sign(now, secret)
		h[name] = value
		return h
	}
	const body = `{"a":"ü"}`
	return []asked{
		{secret, sign(now, secret), body, true},
		{"whsec_" + secret, sign(now, secret), body, true},
		{secret, sign(now, secret, old), body, true},
		{old, sign(now, secret, old), body, true},
		{old, sign(now, secret), body, false},
		{secret, sign(now, secret), body + " ", false},
		{secret, sign(now.Add(-6*time.Minute), secret), body, false},
		{secret, sign(now.Add(6*time.Minute), secret), body, false},
		{secret, with("webhook-id", "msg_2"), body, false},
		{secret, with("webhook-signature", ""), body, false},
		{secret, with("webhook-timestamp", ""), body, false},
	}
}

// TestTheDocumentedChecks runs the examples of the document as they stand there.
func TestTheDocumentedChecks(t *testing.T) {
	doc, err := os.ReadFile("../../docs/webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	example := func(fence string) string {
		_, after, _ := strings.Cut(string(doc), "```"+fence+"\n")
		code, _, _ := strings.Cut(after, "\n```")
		return code
	}
	for i, q := range requests() {
		h := http.Header{}
		for name, value := range q.Headers {
			h.Set(name, value)
		}
		if verify(q.Secret, h, []byte(q.Body)) != q.Good {
			t.Errorf("Go, request %d: %+v", i, q)
		}
	}
	own, err := os.ReadFile("example_test.go")
	if err != nil || !strings.Contains(string(own), example("go")) {
		t.Errorf("the example in Go is not the one that was tried: %v", err)
	}
	for fence, x := range map[string]struct{ program, file, rest string }{
		"js": {"node", "check.mjs", `
for (const q of JSON.parse(process.argv[2])) console.log(verify(q.secret, q.headers, q.body) === q.good);`},
		"python": {"python3", "check.py", `
import json, sys
for q in json.loads(sys.argv[1]):
    print(str(verify(q["secret"], q["headers"], q["body"].encode()) == q["good"]).lower())`},
	} {
		t.Run(fence, func(t *testing.T) {
			program, err := exec.LookPath(x.program)
			if err != nil && os.Getenv("VELLOCITY_REQUIRE_ALL") == "1" {
				t.Fatal(x.program + " is not installed")
			} else if err != nil {
				t.Skip(x.program + " is not installed")
			}
			file := filepath.Join(t.TempDir(), x.file)
			if err := os.WriteFile(file, []byte(example(fence)+"\n"+x.rest+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			list := requests()
			input, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), program, file, string(input)).CombinedOutput()
			if want := strings.Repeat("true\n", len(list)); err != nil || string(out) != want {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
