package external_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/external"
	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/outbound"
)

// secret is that of the vector of Standard Webhooks, "whsec_" and all.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// got is one request that the agent received.
type got struct {
	id   string
	body []byte
	ok   bool // its signature
}

// agent is an external agent that verifies signatures with code of its own, and answers as
// a script says.
type agent struct {
	t      *testing.T
	server *httptest.Server
	answer func(n int, w http.ResponseWriter, r *http.Request)

	mu  sync.Mutex
	all []got
}

// verify is the signature scheme of Standard Webhooks, written down again.
func verify(h http.Header, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	at, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", h.Get("webhook-id"), at, body)
	return h.Get("webhook-signature") == "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func start(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *agent {
	t.Helper()
	a := &agent{t: t, answer: answer}
	a.server = httptest.NewServer(a)
	t.Cleanup(a.server.Close)
	return a
}

func (a *agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	g := got{r.Header.Get("webhook-id"), body, verify(r.Header, body)}
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" ||
		r.Header.Get("Accept") != "application/json" {
		a.t.Errorf("%s with %v: %v", r.Method, r.Header, err)
	}
	a.mu.Lock()
	a.all = append(a.all, g)
	n := len(a.all)
	a.mu.Unlock()
	if !g.ok {
		http.Error(w, `{"error":{"message":"wrong signature"}}`, http.StatusUnauthorized)
		return
	}
	a.answer(n, w, r)
}

func (a *agent) requests() []got {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.all)
}

// say returns a body and a status.
func say(status int, body string) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a reader that is gone has what it needs
	}
}

// agents returns what calls external agents; local ones are allowed unless the test denies it.
func agents(t *testing.T, client func(context.Context, string) (*http.Client, error)) *external.Agents {
	t.Helper()
	vault, err := auth.NewVault(domain.Secret(strings.Repeat("master", 8)))
	if err != nil {
		t.Fatal(err)
	}
	if client == nil {
		client = func(_ context.Context, address string) (*http.Client, error) { return reach(address, "127.0.0.0/8") }
	}
	return external.New(external.Options{Vault: vault, Client: client})
}

// reach is the client of an operator who allows a network.
func reach(address, network string) (*http.Client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return nil, err
	}
	p := outbound.Policy{HTTP: true, Ports: []uint16{uint16(port)}}
	if network != "" {
		p.Allow = []netip.Prefix{netip.MustParsePrefix(network)}
	}
	return p.Client(), nil
}

func described(all *external.Agents, address string, timeout int) domain.Agent {
	a := domain.Agent{ID: 7, Name: "Acme", Type: domain.AgentExternal, Capabilities: []string{"generate-blog-post"}}
	a.External = domain.ExternalAgent{URL: address, TimeoutSeconds: timeout, Sealed: all.Seal(7, secret)}
	return a
}

var task = ai.Request{
	Model: "Acme", System: "You write.", Messages: ai.User("Rain"), MaxTokens: 400,
	Task: &ai.Task{
		ExecutionID: 41, Step: "intro", Capability: "generate-blog-post", Settings: json.RawMessage(`{"topic":"Rain"}`),
		Voice: &domain.BrandVoice{Name: "Plain", Tone: []string{"warm"},
			PreferredTerms: []domain.PreferredTerm{{Use: "sign in", InsteadOf: "login"}}},
	},
}

// TestARequestAsTheContractHasIt holds body, signature and what is taken of the answer.
func TestARequestAsTheContractHasIt(t *testing.T) {
	a := start(t, say(200,
		`{"text":"It rains.","model":"acme-2","usage":{"input_tokens":12,"output_tokens":3},"cost":0.0031}`))
	all := agents(t, nil)
	var ended domain.Attempt
	var seen string
	resp, err := all.Caller(described(all, a.server.URL+"/write/", 0)).Call(t.Context(), task, ai.Watch{
		Ended: func(x domain.Attempt) error { ended = x; return nil },
		Text:  func(piece string) error { seen += piece; return nil },
	})
	if err != nil || resp.Text != "It rains." || seen != resp.Text || resp.Model != "acme-2" {
		t.Fatalf("%+v, seen %q: %v", resp, seen, err)
	}
	if ended.Provider != "external" || ended.Model != "acme-2" || ended.InputTokens != 12 || ended.OutputTokens != 3 ||
		!ended.Cost.Known || ended.Cost.MicroUSD != 3100 {
		t.Errorf("recorded %+v", ended)
	}
	want := `{"execution_id":41,"step":"intro","capability":"generate-blog-post","settings":{"topic":"Rain"},` +
		`"messages":[{"role":"system","content":"You write."},{"role":"user","content":"Rain"}],` +
		`"voice":{"name":"Plain","tone":["warm"],"preferred_terms":[{"use":"sign in","instead_of":"login"}]},` +
		`"output":{"format":"markdown","max_words":300}}` + "\n"
	if r := a.requests(); len(r) != 1 || !r[0].ok || string(r[0].body) != want {
		t.Errorf("requests %+v\nwant %s", r, want)
	}
}

// TestEachTryHasTheSameID: one text has one webhook-id, however often it is tried, and
// another text has another one.
func TestEachTryHasTheSameID(t *testing.T) {
	a := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			say(503, `{}`)(n, w, r)
			return
		}
		say(200, `{"text":"It rains."}`)(n, w, r)
	})
	all, restarted := agents(t, nil), agents(t, nil)
	for _, c := range []*external.Agents{all, restarted} {
		if _, err := c.Caller(described(c, a.server.URL, 0)).Call(t.Context(), task, ai.Watch{}); err != nil {
			t.Fatal(err)
		}
	}
	other := task
	other.Messages = ai.User("Snow")
	if _, err := all.Caller(described(all, a.server.URL, 0)).Call(t.Context(), other, ai.Watch{}); err != nil {
		t.Fatal(err)
	}
	r := a.requests()
	if len(r) != 4 || r[0].id == "" || r[1].id != r[0].id || r[2].id != r[0].id || r[3].id == r[0].id {
		t.Errorf("ids %+v", r)
	}
}

// TestBadAnswers scripts every way in which an agent can answer wrongly.
func TestBadAnswers(t *testing.T) {
	forever := make(chan struct{})
	t.Cleanup(func() { close(forever) })
	for _, c := range []struct {
		name   string
		answer func(int, http.ResponseWriter, *http.Request)
		kind   ai.Kind
		says   string
		tries  int
	}{
		{"an error of its own", say(500, `{"error":{"message":"out of paper"}}`), ai.KindTransient,
			`The agent "Acme" failed (HTTP 500): out of paper. Try again`, 3},
		{"busy for long", func(n int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "300")
			say(429, `{}`)(n, w, r)
		}, ai.KindRate, "received more calls than it allows (HTTP 429)", 1},
		{"it refuses the signature", say(401, `{}`), ai.KindAuth, "refused the signed request (HTTP 401). Check", 1},
		{"it refuses the task", say(422, `{"error":"no poems"}`), ai.KindRequest, "refused the task (HTTP 422): no poems.", 1},
		{"not there", say(404, `Not Found`), ai.KindRequest, "refused the task (HTTP 404): Not Found.", 1},
		{"too long a task", say(413, `{}`), ai.KindContext, "the task is too long for it (HTTP 413). Shorten", 1},
		{"later", say(202, `{"id":"job-1"}`), ai.KindAnswer, "answered (HTTP 202) instead of 200", 1},
		{"no JSON", say(200, `It rains.`), ai.KindAnswer, "did not answer with JSON", 1},
		{"a web page", say(200, `<!doctype html><p>Hi`), ai.KindAnswer, "did not answer with JSON", 1},
		{"broken JSON", say(200, `{"text":"It ra`), ai.KindAnswer, "did not answer with JSON", 1},
		{"nothing", say(200, ``), ai.KindAnswer, "did not answer with JSON", 1},
		{"a list", say(200, `["It rains."]`), ai.KindAnswer, `without the field "text"`, 1},
		{"another field", say(200, `{"content":"It rains."}`), ai.KindAnswer, `without the field "text"`, 1},
		{"null", say(200, `{"text":null}`), ai.KindAnswer, `without the field "text"`, 1},
		{"a number", say(200, `{"text":42}`), ai.KindAnswer, `a "text" that is not a string`, 1},
		{"an object", say(200, `{"text":{"en":"It rains."}}`), ai.KindAnswer, `a "text" that is not a string`, 1},
		{"empty", say(200, `{"text":" "}`), ai.KindAnswer, `The agent "Acme" returned an empty response`, 2},
		{"huge", say(200, `{"text":"`+strings.Repeat("rain ", 300_000)+`"}`), ai.KindAnswer, "sent more than 1 MiB", 1},
		{"redirected", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusTemporaryRedirect)
		}, ai.KindRequest, "redirects to another address (HTTP 307), which is not followed", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := start(t, c.answer)
			all := agents(t, nil)
			_, err := all.Caller(described(all, a.server.URL, 0)).Call(t.Context(), task, ai.Watch{})
			e, ok := ai.AsError(err)
			if !ok || e.Kind != c.kind || !strings.Contains(e.Message, c.says) || e.Provider != "external" {
				t.Errorf("%v, want %s: %s", err, c.kind, c.says)
			} else if !strings.HasPrefix(e.Message, `The agent "Acme" `) || strings.Contains(e.Message, "rovider") {
				t.Errorf("%q is not about the agent", e.Message)
			}
			if n := len(a.requests()); n != c.tries {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
		})
	}
}

// TestASlowAgentIsLeft: the agent's own timeout ends a try that is silent, or that drips.
func TestASlowAgentIsLeft(t *testing.T) {
	for name, drip := range map[string]bool{"silent": false, "dripping": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				for drip && r.Context().Err() == nil {
					if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
						return
					}
				}
				<-r.Context().Done()
			})
			all := agents(t, nil)
			report, err := all.Test(t.Context(), described(all, a.server.URL, 1))
			// A machine under load may see the first bytes late, but never a text.
			if err != nil || report.OK || !strings.HasPrefix(report.Message, `The agent "Acme" `) ||
				!drip && !strings.Contains(report.Message, "did not answer within 1 second.") {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
}

// TestOnlyAllowedAddressesAreCalled holds the guard at the address and where it connects.
func TestOnlyAllowedAddressesAreCalled(t *testing.T) {
	a := start(t, say(200, `{"text":"It rains."}`))
	for name, client := range map[string]func(context.Context, string) (*http.Client, error){
		"refused before": func(context.Context, string) (*http.Client, error) {
			return nil, domain.Errorf(domain.CodeValidation, "The address leads to a private network")
		},
		"refused where it connects": func(_ context.Context, address string) (*http.Client, error) {
			return reach(address, "")
		},
	} {
		all := agents(t, client)
		_, err := all.Caller(described(all, a.server.URL, 0)).Call(t.Context(), task, ai.Watch{})
		e, ok := ai.AsError(err)
		if !ok || e.Kind != ai.KindRequest || !strings.Contains(e.Message, "cannot be called") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r := a.requests(); len(r) != 0 {
		t.Errorf("%d requests arrived", len(r))
	}
}

// TestASecretOfAnotherRowDoesNotSign: it was sealed for another agent.
func TestASecretOfAnotherRowDoesNotSign(t *testing.T) {
	a := start(t, say(200, `{"text":"It rains."}`))
	all := agents(t, nil)
	copied := described(all, a.server.URL, 0)
	copied.ID = 8
	_, err := all.Caller(copied).Call(t.Context(), task, ai.Watch{})
	e, ok := ai.AsError(err)
	if !ok || e.Kind != ai.KindAuth || !strings.Contains(e.Message, "cannot be read. Rotate it") {
		t.Errorf("%v", err)
	}
	if len(a.requests()) != 0 {
		t.Error("it was called")
	}
}

// TestATestSaysWhetherSignaturesAreChecked calls an agent that checks them and one that does not.
func TestATestSaysWhetherSignaturesAreChecked(t *testing.T) {
	all := agents(t, nil)
	careful := start(t, say(200, `{"text":"I am ready.","model":"acme-2"}`))
	r, err := all.Test(t.Context(), described(all, careful.server.URL, 0))
	if err != nil || !r.OK || r.Text != "I am ready." || r.Model != "acme-2" || len(r.Warnings) != 0 {
		t.Errorf("a careful one: %+v, %v", r, err)
	}
	requests := careful.requests()
	if len(requests) != 2 || !requests[0].ok || requests[1].ok ||
		!strings.Contains(string(requests[0].body), `"test":true`) {
		t.Errorf("requests %+v", requests)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"also answered a request with a wrong signature": func(w http.ResponseWriter, r *http.Request) {
			say(200, `{"text":"I am ready."}`)(1, w, r)
		},
		"with HTTP 500. It should answer 401": func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil && verify(r.Header, body) {
				say(200, `{"text":"I am ready."}`)(1, w, r)
				return
			}
			say(500, `{}`)(1, w, r)
		},
	} {
		careless := httptest.NewServer(answer)
		r, err = all.Test(t.Context(), described(all, careless.URL, 0))
		careless.Close()
		if err != nil || !r.OK || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], name) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// TestJSONIsAskedFor: a step that needs a value names its schema, and the text is checked.
func TestJSONIsAskedFor(t *testing.T) {
	schema := `{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}`
	a := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 || n > 2 {
			say(200, `{"text":"{\"n\":\"one\"}"}`)(n, w, r)
			return
		}
		say(200, `{"text":"{\"n\":1}"}`)(n, w, r)
	})
	all := agents(t, nil)
	req := task
	req.Schema = json.RawMessage(schema)
	resp, err := all.Caller(described(all, a.server.URL, 0)).Call(t.Context(), req, ai.Watch{})
	if err != nil || resp.Text != `{"n":1}` {
		t.Errorf("%q, %v", resp.Text, err)
	}
	r := a.requests()
	_, err = all.Caller(described(all, a.server.URL, 0)).Call(t.Context(), req, ai.Watch{})
	e, ok := ai.AsError(err)
	advice := "does not match the schema. Where output.format is json, its text must be JSON that matches output.schema."
	if !ok || !strings.HasSuffix(e.Message, advice) {
		t.Errorf("%v", err)
	}
	want := `"output":{"format":"json","max_words":300,"schema":` + schema
	if len(r) != 2 || r[0].id == r[1].id || !strings.Contains(string(r[0].body), want) {
		t.Errorf("%+v", r)
	}
}

// TestACallerIsKeptWhileNothingChanges: its circuit breaker counts across executions.
func TestACallerIsKeptWhileNothingChanges(t *testing.T) {
	all := agents(t, nil)
	a := described(all, "https://agent.test", 0)
	same := all.Caller(a)
	if all.Caller(a) != same {
		t.Error("another caller for the same agent")
	}
	a.External.URL = "https://other.test"
	if all.Caller(a) == same {
		t.Error("the same caller for another address")
	}
}
