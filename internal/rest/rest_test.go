package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
	"vellocity/internal/rest"
)

// The machinery is tested on a small table of its own, so that each rule can be
// seen by itself; the real table is tested as a whole elsewhere.

type thing struct {
	Name  string   `json:"name" doc:"A name"`
	Count int      `json:"count"`
	Tags  []string `json:"tags"`
}

type listThings struct {
	Kind   string `json:"kind,omitempty" enum:"red,blue" doc:"Only this kind"`
	Strict bool   `json:"strict,omitempty" default:"true"`
	ops.Paging
}

type makeThing struct {
	Name     string     `json:"name" minLength:"1" maxLength:"10"`
	Count    int        `json:"count,omitempty" minimum:"1" maximum:"9" default:"3"`
	Kind     string     `json:"kind,omitempty" enum:"red,blue"`
	Tags     []string   `json:"tags,omitempty" maxItems:"2" uniqueItems:"true"`
	Settings ops.Object `json:"settings,omitempty"`
	Inner    *inner     `json:"inner,omitempty"`
}

type inner struct {
	Size  int    `json:"size" minimum:"1"`
	Email string `json:"email,omitempty" format:"email"`
}

type oneThing struct {
	ID int64 `json:"id" in:"path" minimum:"1"`
	ops.Conditional
	Wait int `json:"wait,omitempty" in:"prefer" minimum:"0" maximum:"60"`
}

func viewThing(r *ops.Reply, t thing) thing { r.Revision = "7"; return t }

func rows() []ops.Op {
	row := func(name, verb, method, path string, change func(*ops.Op)) ops.Op {
		o := ops.Op{
			Name:    name,
			Route:   ops.Route{Method: method, Path: path},
			Scope:   domain.ScopeRead,
			Command: ops.Command{Noun: "things", Verb: verb},
			Tool:    ops.Tool{Set: "things"},
		}
		change(&o)
		return o
	}
	create := func(o *ops.Op) { o.IdempotencyKey, o.Status, o.Scope = true, 201, domain.ScopeContent }
	return []ops.Op{
		ops.New(row("list_things", "list", "GET", "/things", func(o *ops.Op) { o.ReadOnly = true }),
			func(_ context.Context, in listThings) (listThings, error) { return in, nil },
			func(r *ops.Reply, in listThings) []thing {
				r.Total = 45
				return []thing{{Name: in.Kind, Count: in.PerPage, Tags: []string{}}}
			}, listThings{}),
		ops.New(row("make_thing", "make", "POST", "/things", create),
			func(_ context.Context, in makeThing) (makeThing, error) { return in, nil },
			func(r *ops.Reply, in makeThing) thing {
				r.Location = "/api/v1/things/1"
				return thing{in.Name, in.Count, in.Tags}
			}, makeThing{}),
		ops.New(row("get_thing", "get", "GET", "/things/{id}", func(o *ops.Op) { o.ReadOnly, o.ETag = true, true }),
			getThing, viewThing, thing{}),
		ops.NewEmpty(row("drop_thing", "drop", "DELETE", "/things/{id}", func(*ops.Op) {}),
			func(_ context.Context, in oneThing) error {
				if m := in.Revisions(); m != "" && m != `"7"` {
					return domain.Errorf(domain.CodePreconditionFailed, "It has changed")
				}
				return nil
			}),
	}
}

func getThing(_ context.Context, in oneThing) (thing, error) {
	switch in.ID {
	case 404:
		return thing{}, domain.NotFound("Thing")
	case 500:
		return thing{}, errors.New("secret: the password is hunter2")
	case 666:
		panic("secret panic")
	}
	return thing{"<one> & only", in.Wait, []string{in.IfMatch}}, nil
}

func start(t testing.TB, change func(*gate.Options), table ...ops.Op) http.Handler {
	t.Helper()
	opts := gate.Options{Authenticate: func(_ context.Context, key string, _ netip.Addr) (auth.Caller, error) {
		a := domain.Actor{Kind: domain.ActorKey, WorkspaceID: 1, Role: domain.RoleOwner}
		switch key {
		case "reader":
			a.Scopes = []domain.Scope{domain.ScopeRead}
		case "owner":
			a.Scopes = []domain.Scope{domain.ScopeAdmin}
		default:
			return auth.Caller{}, auth.Unauthorized()
		}
		return auth.Caller{Actor: a}, nil
	}}
	if change != nil {
		change(&opts)
	}
	g, err := gate.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if table == nil {
		table = rows()
	}
	s, err := rest.New(rest.Options{Table: table, Gate: g})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type answered struct {
	*httptest.ResponseRecorder
	body struct {
		Success *bool
		Data    json.RawMessage
		Meta    json.RawMessage
		Error   *ops.ErrorBody
	}
}

// send makes a request. Headers are "Name: value"; without an Authorization the
// owner calls.
func send(t testing.TB, h http.Handler, method, target, body string, headers ...string) answered {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, target, r)
	req.Header.Set("Authorization", "Bearer owner")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		if value == "" {
			req.Header.Del(name)
			continue
		}
		req.Header.Set(name, value)
	}
	a := answered{ResponseRecorder: httptest.NewRecorder()}
	h.ServeHTTP(a, req)
	if strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") && a.Body.Len() > 0 {
		if err := json.Unmarshal(a.Body.Bytes(), &a.body); err != nil {
			t.Fatalf("%s %s: %v in %s", method, target, err, a.Body)
		}
	}
	return a
}

func TestEveryFailureHasTheEnvelope(t *testing.T) {
	a := start(t, nil)
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for _, c := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		code                       domain.Code
		says                       string
	}{
		{"no key", "GET", "/api/v1/things", "", []string{"Authorization: "}, 401, domain.CodeUnauthorized, ""},
		{"another scheme", "GET", "/api/v1/things", "", []string{"Authorization: Basic b3duZXI6"}, 401, domain.CodeUnauthorized, ""},
		{"unknown key", "GET", "/api/v1/things", "", []string{"Authorization: Bearer nobody"}, 401, domain.CodeUnauthorized, ""},
		{"key in the address", "GET", "/api/v1/things?key=vell_pk_abc", "", nil, 401, domain.CodeUnauthorized, "Authorization header"},
		{"scope", "POST", "/api/v1/things", `{"name":"a"}`, []string{"Authorization: Bearer reader"}, 403, domain.CodeForbidden, "content"},
		{"no such path", "GET", "/api/v1/nothing", "", nil, 404, domain.CodeNotFound, ""},
		{"unclean path", "GET", "/api/v1//things", "", nil, 404, domain.CodeNotFound, ""},
		{"dots", "GET", "/api/v1/things/../things", "", nil, 404, domain.CodeNotFound, ""},
		{"not there", "GET", "/api/v1/things/404", "", nil, 404, domain.CodeNotFound, "Thing not found"},
		{"no number", "GET", "/api/v1/things/abc", "", nil, 404, domain.CodeNotFound, "Thing not found"},
		{"too large a number", "GET", "/api/v1/things/99999999999999999999", "", nil, 404, domain.CodeNotFound, ""},
		{"method", "PUT", "/api/v1/things", `{}`, nil, 405, domain.CodeMethodNotAllowed, ""},
		{"not JSON", "POST", "/api/v1/things", `{"name":`, nil, 400, domain.CodeBadRequest, "too early"},
		{"two values", "POST", "/api/v1/things", `{"name":"a"} {}`, nil, 400, domain.CodeBadRequest, ""},
		{"name twice", "POST", "/api/v1/things", `{"name":"a","name":"b"}`, nil, 400, domain.CodeBadRequest, "twice"},
		{"too deep", "POST", "/api/v1/things", deep, nil, 400, domain.CodeBadRequest, "deeper"},
		{"not UTF-8", "POST", "/api/v1/things", "{\"name\":\"\xff\"}", nil, 400, domain.CodeBadRequest, "UTF-8"},
		{"media type", "POST", "/api/v1/things", `name=a`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, domain.CodeUnsupportedMediaType, ""},
		{"no media type", "POST", "/api/v1/things", `{"name":"a"}`, []string{"Content-Type: "}, 415, domain.CodeUnsupportedMediaType, ""},
		{"charset", "POST", "/api/v1/things", `{"name":"a"}`, []string{"Content-Type: application/json; charset=latin1"}, 415, domain.CodeUnsupportedMediaType, ""},
		{"compressed", "POST", "/api/v1/things", `{"name":"a"}`, []string{"Content-Encoding: gzip"}, 415, domain.CodeUnsupportedMediaType, ""},
		{"too large", "POST", "/api/v1/things", `{"name":"` + strings.Repeat("a", ops.MaxBody) + `"}`, nil, 413, domain.CodePayloadTooLarge, ""},
		{"bad query", "GET", "/api/v1/things?kind=%zz", "", nil, 400, domain.CodeBadRequest, ""},
		{"inner error", "GET", "/api/v1/things/500", "", nil, 500, domain.CodeServer, ""},
		{"panic", "GET", "/api/v1/things/666", "", nil, 500, domain.CodeServer, ""},
		{"stale", "DELETE", "/api/v1/things/1", "", []string{`If-Match: "6-abc"`}, 412, domain.CodePreconditionFailed, ""},
		{"weak tag", "DELETE", "/api/v1/things/1", "", []string{`If-Match: W/"7-abc"`}, 412, domain.CodePreconditionFailed, ""},
		{"bad idempotency key", "POST", "/api/v1/things", `{"name":"a"}`, []string{"Idempotency-Key: " + strings.Repeat("k", 256)}, 422, domain.CodeValidation, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := send(t, a, c.method, c.target, c.body, c.headers...)
			if got.Code != c.status || got.body.Error == nil || got.body.Error.Code != c.code ||
				!strings.Contains(got.body.Error.Message, c.says) {
				t.Fatalf("got %d %s", got.Code, got.Body)
			}
			if got.body.Success == nil || *got.body.Success || got.body.Error.RequestID == "" ||
				got.body.Error.RequestID != got.Header().Get("X-Request-Id") {
				t.Errorf("envelope: %s, request id %q", got.Body, got.Header().Get("X-Request-Id"))
			}
			if strings.Contains(got.Body.String(), "secret") || strings.Contains(got.Body.String(), "hunter2") {
				t.Errorf("internal text went out: %s", got.Body)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	a := start(t, nil)
	got := send(
		t,
		a,
		"POST",
		"/api/v1/things",
		`{"Name":"a","count":0,"kind":"green","tags":["x","x","y"],"settings":[],"inner":{"email":"no","sise":2},"nam":1}`,
	)
	want := map[string]string{
		"name":        "The name field is required",
		"Name":        `There is no field named "Name"; did you mean "name"?`,
		"nam":         `There is no field named "nam"; did you mean "name"?`,
		"count":       "The count field must be at least 1",
		"kind":        "The kind field must be one of red or blue",
		"tags":        "The tags field must have at most 2 items; it has 3",
		"settings":    "The settings field must be an object",
		"inner.size":  "The size field is required",
		"inner.sise":  `There is no field named "sise"; did you mean "size"?`,
		"inner.email": "The email field must be an e-mail address such as ada@example.com",
	}
	if got.Code != 422 || got.body.Error.Message != want["name"] {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	for path, msg := range want {
		if l, _ := got.body.Error.Details[path].([]any); len(l) != 1 || l[0] != msg {
			t.Errorf("%s: %v, want %q", path, got.body.Error.Details[path], msg)
		}
	}
	if len(got.body.Error.Details) != len(want) {
		t.Errorf("details: %v", got.body.Error.Details)
	}
}

func TestQueryFaults(t *testing.T) {
	a := start(t, nil)
	got := send(t, a, "GET", "/api/v1/things?per_page=101&page=0&kind=red&kind=blue&strict=maybe&statis=1", "")
	want := map[string]string{
		"per_page": "The per_page field must be at most 100",
		"page":     "The page field must be at least 1",
		"kind":     "The kind field is given 2 times",
		"strict":   "The strict field must be true or false",
		"statis":   `There is no parameter named "statis"`,
	}
	if got.Code != 422 || len(got.body.Error.Details) != len(want) {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	for path, msg := range want {
		if l, _ := got.body.Error.Details[path].([]any); len(l) != 1 || l[0] != msg {
			t.Errorf("%s: %v, want %q", path, got.body.Error.Details[path], msg)
		}
	}
}

func TestPaging(t *testing.T) {
	a := start(t, nil)
	got := send(t, a, "GET", "/api/v1/things?kind=red&page=2&per_page=20", "")
	if got.Code != 200 || string(got.body.Meta) != `{"page":2,"per_page":20,"total":45,"total_pages":3}` {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	want := `</api/v1/things?kind=red&page=1&per_page=20>; rel="first", ` +
		`</api/v1/things?kind=red&page=1&per_page=20>; rel="prev", ` +
		`</api/v1/things?kind=red&page=3&per_page=20>; rel="next", ` +
		`</api/v1/things?kind=red&page=3&per_page=20>; rel="last"`
	if link := got.Header().Get("Link"); link != want {
		t.Errorf("Link: %s", link)
	}
	if got := send(t, a, "GET", "/api/v1/things", ""); string(
		got.body.Meta,
	) != `{"page":1,"per_page":20,"total":45,"total_pages":3}` {
		t.Errorf("defaults: %s", got.Body)
	}
}

func TestTags(t *testing.T) {
	a := start(t, nil)
	first := send(t, a, "GET", "/api/v1/things/1", "")
	tag := first.Header().Get("Etag")
	if first.Code != 200 || !strings.HasPrefix(tag, `"7-`) || !strings.Contains(first.Body.String(), "<one> & only") {
		t.Fatalf("got %d %s %s", first.Code, tag, first.Body)
	}
	for _, match := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		got := send(t, a, "GET", "/api/v1/things/1", "", "If-None-Match: "+match)
		if got.Code != 304 || got.Body.Len() != 0 || got.Header().Get("Etag") != tag {
			t.Errorf("If-None-Match %s: %d %s", match, got.Code, got.Body)
		}
	}
	if got := send(t, a, "GET", "/api/v1/things/1", "", `If-None-Match: "7-other"`); got.Code != 200 {
		t.Errorf("another tag: %d", got.Code)
	}
	for _, match := range []string{tag, "*", `"6-a", ` + tag} {
		if got := send(t, a, "DELETE", "/api/v1/things/1", "", "If-Match: "+match); match != `"6-a", `+tag &&
			got.Code != 204 {
			t.Errorf("If-Match %s: %d %s", match, got.Code, got.Body)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	a := start(t, nil)
	for _, target := range []string{"/api/v1/things", "/api/v1/things/404", "/nowhere", "/api/v1/things/666"} {
		got := send(t, a, "GET", target, "", "X-Request-Id: abc-1.2_3")
		for name, want := range map[string]string{
			"X-Request-Id": "abc-1.2_3", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"Content-Type":            "application/json; charset=utf-8",
		} {
			if h := got.Header().Get(name); h != want {
				t.Errorf("%s: %s = %q, want %q", target, name, h, want)
			}
		}
	}
	for _, bad := range []string{"a b", strings.Repeat("x", 129), "a\"b", "ä"} {
		if got := send(t, a, "GET", "/api/v1/things", "", "X-Request-Id: "+bad); got.Header().Get("X-Request-Id") == bad {
			t.Errorf("echoed %q", bad)
		}
	}
}

func TestMethods(t *testing.T) {
	a := start(t, nil)
	for _, c := range []struct {
		method, target string
		status         int
		allow          string
	}{
		{"HEAD", "/api/v1/things/1", 200, ""},
		{"OPTIONS", "/api/v1/things/1", 204, "DELETE, GET, HEAD, OPTIONS"},
		{"PATCH", "/api/v1/things/1", 405, "DELETE, GET, HEAD, OPTIONS"},
		{"BREW", "/api/v1/things", 405, "GET, HEAD, OPTIONS, POST"},
	} {
		got := send(t, a, c.method, c.target, "")
		if got.Code != c.status || got.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.target, got.Code, got.Header().Get("Allow"))
		}
	}
}

func TestPreferWait(t *testing.T) {
	a := start(t, nil)
	for header, want := range map[string]string{"wait=5": "wait=5", "respond-async, wait=7": "wait=7", "wait=600": "wait=60", "wait=x": "", "return=minimal": ""} {
		got := send(t, a, "GET", "/api/v1/things/1", "", "Prefer: "+header)
		if applied := got.Header().Get("Preference-Applied"); got.Code != 200 || applied != want {
			t.Errorf("Prefer: %s: %d, applied %q", header, got.Code, applied)
		}
	}
}

func limits(v *auth.Verdict) func(context.Context, int64, domain.Plan) (auth.Verdict, error) {
	return func(context.Context, int64, domain.Plan) (auth.Verdict, error) { return *v, nil }
}

func TestLimits(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	minute := auth.Window{Name: "minute", Limit: 60, Remaining: 10, Length: time.Minute, Reset: now.Add(20 * time.Second)}
	day := auth.Window{Name: "day", Limit: 1000, Remaining: 100, Length: 24 * time.Hour, Reset: now.Add(5 * time.Hour)}
	verdict := auth.Verdict{Allowed: true, Windows: []auth.Window{minute, day}, Nearer: minute}
	a := start(t, func(o *gate.Options) {
		o.Now = func() time.Time { return now }
		o.Take = limits(&verdict)
	})
	got := send(t, a, "GET", "/api/v1/things", "")
	for name, want := range map[string]string{
		"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "10", "X-RateLimit-Reset": "1795255220",
		"RateLimit": `"minute";r=10;t=20, "day";r=100;t=18000`, "RateLimit-Policy": `"minute";q=60;w=60, "day";q=1000;w=86400`,
	} {
		if h := got.Header().Get(name); h != want {
			t.Errorf("%s = %q, want %q", name, h, want)
		}
	}
	minute.Remaining = 0
	verdict = auth.Verdict{Windows: []auth.Window{minute, day}, Nearer: minute, RetryAfter: 20 * time.Second}
	got = send(t, a, "GET", "/api/v1/things", "")
	refused := got.Code == 429 && got.body.Error.Code == domain.CodeRateLimited
	if !refused || got.Header().Get("Retry-After") != "20" || got.Header().Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("refused: %d %s %v", got.Code, got.Body, got.Header())
	}
	verdict = auth.Verdict{Allowed: true}
	if got = send(t, a, "GET", "/api/v1/things", ""); got.Header().Get("X-RateLimit-Limit") != "" {
		t.Error("limits are off, but their headers are there")
	}
}

// BenchmarkList is what a list of 20 costs beside its verb.
func BenchmarkList(b *testing.B) {
	now := time.Now()
	verdict := auth.Verdict{Allowed: true, Windows: []auth.Window{
		{Name: "minute", Limit: 1000, Remaining: 10, Length: time.Minute, Reset: now.Add(time.Minute)},
		{Name: "day", Limit: 100000, Remaining: 100, Length: 24 * time.Hour, Reset: now.Add(time.Hour)},
	}}
	verdict.Nearer = verdict.Windows[1]
	row := ops.Op{Name: "list_things", Route: ops.Route{Method: "GET", Path: "/things"}, Scope: domain.ScopeRead}
	row.ReadOnly = true
	a := start(b, func(o *gate.Options) { o.Take = limits(&verdict) }, ops.New(row,
		func(context.Context, listThings) (int, error) { return 1000, nil },
		func(r *ops.Reply, total int) []thing {
			r.Total = total
			return slices.Repeat([]thing{{"A thing with a name", 5, []string{"red", "blue"}}}, 20)
		}, 0))
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest("GET", "/api/v1/things?kind=red&per_page=20", nil)
		req.Header.Set("Authorization", "Bearer owner")
		rec := httptest.NewRecorder()
		a.ServeHTTP(rec, req)
		if rec.Code != 200 {
			b.Fatal(rec.Body)
		}
	}
}
