package ghost_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/ghost"
	"vellocity/internal/extension/wire"
	"vellocity/internal/markdown"
)

// TestFaults says what is wrong, and never the key.
func TestFaults(t *testing.T) {
	s := start(t)
	setting := func(name, value string) func(*wire.Config) {
		return func(c *wire.Config) { c.Settings[name] = value }
	}
	key := func(key string) func(*wire.Config) { return func(c *wire.Config) { c.Secret = domain.Secret(key) } }
	for name, tc := range map[string]struct {
		change func(*wire.Config)
		kind   wire.FaultKind
		says   string // empty: it works
	}{
		"right":                      {nil, 0, ""},
		"the admin area's address":   {setting("url", s.url+"/ghost/#/settings/integrations"), 0, ""},
		"the API's address":          {setting("url", s.url+"/ghost/api/admin/"), 0, ""},
		"another secret":             {key(s.key[:60] + strings.Repeat("0", 29)), wire.Settings, "did not accept the Admin API key"},
		"a key that is unknown":      {key(strings.Repeat("a", 24) + s.key[24:]), wire.Settings, "Unknown Admin API Key"},
		"half a key":                 {key(s.key[25:]), wire.Settings, "is incomplete"},
		"a clock that is late":       {clock(-10 * time.Minute), wire.Settings, "clocks"},
		"a page that is no Ghost":    {setting("url", s.url+"/nope"), wire.Settings, "Admin API does not answer"},
		"nobody there":               {setting("url", "http://127.0.0.1:1"), wire.Again, "cannot be reached"},
		"a page for every address":   {says(200, "text/html", "<p>Welcome</p>", nil), wire.Settings, "Admin API does not answer"},
		"JSON of something else":     {says(200, "application/json", `{"ok":true}`, nil), wire.Settings, "Admin API does not answer"},
		"a proxy's page":             {says(502, "text/html", "<h1>Bad Gateway</h1>", nil), wire.Again, "Bad Gateway (HTTP 502)"},
		"too many requests":          {says(429, "application/json", tooMany, http.Header{"Retry-After": {"40"}}), wire.Again, "Too many requests"},
		"maintenance":                {says(503, "application/json", maintenance, nil), wire.Again, "currently undergoing maintenance"},
		"a staff token that may not": {says(403, "application/json", notAllowed, nil), wire.Settings, "Use the Admin API key of a custom integration"},
		"a plan without it":          {says(403, "application/json", hostLimit, nil), wire.Settings, "upgrade to enable custom integrations"},
		"a Ghost that is too old":    {says(406, "application/json", tooNew, nil), wire.Settings, "Update Ghost"},
		"another address":            {says(301, "", "", http.Header{"Location": {"https://b.test/"}}), wire.Settings, "redirects to https://b.test/"},
		"a firewall":                 {says(403, "text/html", "<h1>Blocked</h1>", nil), wire.Settings, "Access was refused"},
	} {
		who, err := s.peer(tc.change).Check(t.Context())
		f := fault(err)
		switch {
		case tc.says == "" && (err != nil || !strings.Contains(who, " (Ghost ") || !strings.Contains(who, s.url)):
			t.Errorf("%s: %q %v", name, who, err)
		case tc.says != "" && (f == nil || f.Kind != tc.kind || !strings.Contains(f.Message, tc.says)):
			t.Errorf("%s: %v", name, err)
		case f != nil && strings.Contains(f.Message, s.key[25:40]):
			t.Errorf("%s: the key is in %v", name, err)
		}
		if name == "too many requests" && f != nil && f.After != 40*time.Second {
			t.Errorf("again after %v", f.After)
		}
	}
	long := s.article("long", "Text.")
	long.Title = strings.Repeat("ü", 256)
	_, err := s.peer(nil).Put(t.Context(), long, wire.Ref{})
	if f := fault(err); f == nil || f.Kind != wire.Refused || !strings.Contains(f.Message, "has 256. Shorten the title.") {
		t.Errorf("a long title: %v", err)
	}
}

// What Ghost says where a test cannot make a real one say it; the form is the one of its errors.
const (
	tooMany     = `{"errors":[{"message":"Too many requests.","context":null,"type":"TooManyRequestsError","code":null}]}`
	maintenance = `{"errors":[{"message":"Site is currently undergoing maintenance, please wait a moment then retry.",` +
		`"context":null,"type":"MaintenanceError","code":null}]}`
	notAllowed = `{"errors":[{"message":"Permission error, cannot list posts.","context":` +
		`"You do not have permission to browse posts","type":"NoPermissionError","code":null}]}`
	hostLimit = `{"errors":[{"message":"Host Limit error, cannot list posts.","context":` +
		`"Please upgrade to enable custom integrations.","type":"HostLimitError","code":null}]}`
	tooNew = `{"errors":[{"message":"Request could not be served, the endpoint was not found.","context":` +
		`"Provided client accept-version v5.0 is ahead of current Ghost version v4.48.",` +
		`"type":"RequestNotAcceptableError","code":"UPDATE_GHOST"}]}`
)

// TestKeys tells a key from what people paste instead.
func TestKeys(t *testing.T) {
	for key, ok := range map[string]bool{
		doubleKey:                                true,
		" " + doubleKey + "\n":                   true,
		strings.ToUpper(doubleKey):               true,
		"":                                       false,
		"22444f78447824223cefc48062":             false, // a Content API key
		doubleKey[:24]:                           false,
		doubleKey[25:]:                           false,
		doubleKey + "0":                          false,
		doubleKey[:24] + doubleKey[25:]:          false,
		strings.Repeat("g", 24) + doubleKey[24:]: false,
	} {
		if ghost.Kind().ValidSecret(domain.Secret(key)) != ok {
			t.Errorf("%q is taken: %t", key, !ok)
		}
	}
}

// TestPreview says beforehand what gets lost.
func TestPreview(t *testing.T) {
	s := site{}
	for name, tc := range map[string]struct {
		change func(*wire.Post)
		status string
		lost   []string
	}{
		"nothing":    {func(*wire.Post) {}, "publish", nil},
		"draft":      {func(*wire.Post) {}, "draft", []string{"It becomes a draft"}},
		"language":   {func(p *wire.Post) { p.Language = "de" }, "publish", []string{"The language"}},
		"long title": {func(p *wire.Post) { p.Title = strings.Repeat("x", 256) }, "publish", []string{"It would be refused"}},
		"excerpt":    {func(p *wire.Post) { p.Summary = strings.Repeat("x", 301) }, "publish", []string{"The excerpt is cut"}},
		"boxes":      {func(p *wire.Post) { p.HTML = markdown.HTML("- [x] a\n- [ ] b") }, "publish", []string{"Check boxes become"}},
		"relative": {func(p *wire.Post) { p.HTML = markdown.HTML("[x](/y) ![z](https://a.test/z.png)") }, "publish",
			[]string{"without a host", "Images of other sites are not copied"}},
	} {
		p := s.article("x", "Text.")
		tc.change(&p)
		got := ghost.Kind().Preview(map[string]string{"status": tc.status}, p)
		ok := len(got.Lost) == len(tc.lost) && got.HTML && len(got.Parts) == 1
		for i := range tc.lost {
			ok = ok && strings.Contains(got.Lost[i], tc.lost[i])
		}
		if !ok {
			t.Errorf("%s: %q", name, got.Lost)
		}
	}
}

func clock(by time.Duration) func(*wire.Config) {
	return func(c *wire.Config) { c.Now = func() time.Time { return time.Now().Add(by) } }
}

// says answers every request in the same way.
func says(status int, kind, body string, header http.Header) func(*wire.Config) {
	return func(c *wire.Config) {
		c.HTTP.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			h := header.Clone()
			if h == nil {
				h = http.Header{}
			}
			h.Set("Content-Type", kind)
			return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})
	}
}

// losing carries out requests that change something, and loses their answers.
func losing(c *wire.Config) {
	c.HTTP.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil || r.Method == http.MethodGet {
			return res, err
		}
		_ = res.Body.Close()
		return nil, context.DeadlineExceeded
	})
}

var readAt = regexp.MustCompile(`"updated_at":"[^"]*"`)

// stale makes every change one of a post that was read long ago.
func stale(c *wire.Config) {
	c.HTTP.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
		body = readAt.ReplaceAll(body, []byte(`"updated_at":"2020-01-01T00:00:00Z"`))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return http.DefaultTransport.RoundTrip(r)
	})
}
