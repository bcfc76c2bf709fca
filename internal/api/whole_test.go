package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"vellocity/internal/app"
	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/golden"
	"vellocity/internal/sse"
	"vellocity/internal/store"
)

// whole is the program as it runs: a real database, real keys, the composer.
type whole struct {
	*app.App
	first account.FirstStart
	url   string
}

func start(t testing.TB) *whole {
	t.Helper()
	return startOn(t, "")
}

// startOn starts the program on a database; "" is SQLite.
func startOn(t testing.TB, database string) *whole {
	t.Helper()
	return startWith(t, map[string]string{"database-url": database})
}

// startWith starts the program with more options; an empty one is its default.
func startWith(t testing.TB, more map[string]string) *whole {
	t.Helper()
	flags := map[string]string{
		"data":            t.TempDir(),
		"rate-limits":     "off",
		"trusted-proxies": "127.0.0.1",
		"listen":          "127.0.0.1:0",
	}
	for name, value := range more {
		if value != "" {
			flags[name] = value
		}
	}
	cfg, err := config.Load(config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	first, _, err := a.Engine.Account.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Handler)
	t.Cleanup(func() {
		srv.Close()
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return &whole{a, first, srv.URL}
}

// key makes a key in the workspace.
func (w *whole) key(t testing.TB, workspace int64, role domain.Role, scopes ...domain.Scope) account.NewKey {
	t.Helper()
	k, err := w.Engine.Account.CreateKey(
		domain.WithActor(t.Context(), domain.OperatorActor(workspace)),
		account.CreateKey{Name: "test", Role: role, Scopes: scopes},
	)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// neighbour makes another workspace.
func (w *whole) neighbour(t testing.TB) domain.Workspace {
	t.Helper()
	var other domain.Workspace
	err := w.Store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		other, err = tx.CreateWorkspace(
			t.Context(),
			domain.Workspace{
				Slug:        "neighbour",
				Name:        "Neighbour",
				Plan:        domain.PlanEnterprise,
				Timezone:    "UTC",
				FeedEnabled: true,
			},
		)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// call makes a request with a key and returns status, header and body.
func (w *whole) call(t testing.TB, key, method, path, body string, headers ...string) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, raw
}

// broken reports whether the server failed. A failure of the provider is none: the
// composer refuses what takes a model.
func broken(status int) bool { return status >= 500 && status != http.StatusBadGateway }

// finished runs a blog post to its end and returns the execution's and the item's id.
func (w *whole) finished(t testing.TB, topic string) (execution, item int64) {
	t.Helper()
	settings, _ := json.Marshal(map[string]any{"settings": map[string]any{"topic": topic}})
	status, _, raw := w.call(
		t,
		w.first.Key.Secret,
		"POST",
		"/api/v1/content-workflow/capabilities/generate-blog-post/execute",
		string(settings),
		"Prefer: wait=60",
	)
	var started struct {
		Data struct {
			ID         int64
			Attributes struct{ Status string }
		}
	}
	if err := json.Unmarshal(raw, &started); err != nil || status != 201 || started.Data.Attributes.Status != "completed" {
		t.Fatalf("execute: %d %s %v", status, raw, err)
	}
	_, _, raw = w.call(
		t,
		w.first.Key.Secret,
		"GET",
		fmt.Sprintf("/api/v1/content-workflow/executions/%d/assets", started.Data.ID),
		"",
	)
	var assets struct {
		Data struct {
			Items []struct{ ID int64 } `json:"content_items"`
		}
	}
	if err := json.Unmarshal(raw, &assets); err != nil || len(assets.Data.Items) == 0 {
		t.Fatalf("assets: %s %v", raw, err)
	}
	return started.Data.ID, assets.Data.Items[0].ID
}

// things returns the id of a thing of each noun: of an execution and its item, and of
// what the rows that create something create from their examples.
func (w *whole) things(t testing.TB, topic string) map[string]int64 {
	t.Helper()
	execution, item := w.finished(t, topic)
	ids := map[string]int64{"executions": execution, "content": item, "kanban": item}
	for _, o := range app.Table() {
		if o.Status != http.StatusCreated || o.Stream != nil || strings.Contains(o.Path, "{") {
			continue
		}
		path, body := target(o, missing)
		status, _, raw := w.call(t, w.first.Key.Secret, o.Method, path, body)
		var made struct{ Data struct{ ID json.RawMessage } }
		err := json.Unmarshal(raw, &made)
		id, _ := strconv.ParseInt(strings.Trim(string(made.Data.ID), prefixOf(o)+`"`), 10, 64)
		if err != nil || status != o.Status || id == 0 {
			t.Fatalf("%s created nothing from its example: %d %s %v", o.Name, status, raw, err)
		}
		if ids[o.Command.Noun] == 0 { // an item that an execution made serves better
			ids[o.Command.Noun] = id
		}
	}
	return ids
}

// TestExchanges plays the files of testdata/exchanges against the whole program
// and compares every answer. A file is requests and answers in turn; -update
// writes the answers.
func TestExchanges(t *testing.T) {
	files, err := filepath.Glob("testdata/exchanges/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no exchanges: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			w := start(t)
			talk, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			played := &txtar.Archive{Comment: talk.Comment}
			var p player
			for _, f := range talk.Files {
				if name, ok := strings.CutSuffix(f.Name, ".request"); ok {
					played.Files = append(played.Files, f, txtar.File{Name: name + ".answer", Data: p.play(t, w, string(f.Data))})
				}
			}
			got := txtar.Format(played)
			golden.Check(t, file, string(got))
		})
	}
}

// player plays one file; values of a response can be used by later requests:
// {{etag}}, {{key}} of a new key, {{owner}} for the first one.
type player struct{ etag, key string }

func (p *player) play(t *testing.T, w *whole, request string) []byte {
	t.Helper()
	owner := w.first.Key.Secret
	request = strings.NewReplacer("{{etag}}", p.etag, "{{key}}", p.key, "{{owner}}", owner).Replace(request)
	head, body, _ := strings.Cut(strings.TrimRight(request, "\n"), "\n\n")
	lines := strings.Split(head, "\n")
	method, path, _ := strings.Cut(lines[0], " ")
	headers := append([]string{"X-Request-Id: request"}, lines[1:]...)
	key := owner
	if slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Authorization") }) {
		key = ""
	}
	status, h, raw := w.call(t, key, method, path, body, headers...)
	if tag := h.Get("Etag"); tag != "" {
		p.etag = tag
	}
	var made struct{ Meta struct{ Key string } }
	if json.Unmarshal(raw, &made) == nil && made.Meta.Key != "" {
		p.key = made.Meta.Key
	}
	return p.shown(t, status, h, raw, w)
}

// quiet are headers that every answer has, or that a test of their own covers.
var quiet = []string{
	"Date", "Content-Length", "Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options",
	"Cross-Origin-Opener-Policy", "X-Request-Id", "Vary", "Cache-Control",
}

func (p *player) shown(t *testing.T, status int, h http.Header, raw []byte, w *whole) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d %s\n", status, http.StatusText(status))
	for _, name := range slices.Sorted(headerNames(h)) {
		if !slices.Contains(quiet, name) {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(h[name], ", "))
		}
	}
	b.WriteByte('\n')
	switch media := h.Get("Content-Type"); {
	case strings.Contains(media, "json") && len(raw) > 0:
		var tree any
		if err := json.Unmarshal(raw, &tree); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(shortened(tree)); err != nil {
			t.Fatal(err)
		}
	case strings.HasPrefix(media, "text/event-stream"):
		b.Write(events(t, raw))
	default:
		b.Write(raw)
	}
	return still(b.String(), w)
}

func headerNames(h http.Header) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range h {
			if !yield(name) {
				return
			}
		}
	}
}

// events shows a stream: the pieces of a text joined, since where they are cut is
// chance, and every other event by its name.
func events(t *testing.T, raw []byte) []byte {
	var b bytes.Buffer
	var text strings.Builder
	r := sse.NewReader(bytes.NewReader(raw))
	for {
		e, err := r.Next()
		if err != nil {
			break
		}
		switch {
		case e.Data == sse.Done:
			if text.Len() > 0 {
				first, _, _ := strings.Cut(text.String(), "\n")
				fmt.Fprintf(&b, "text: %q…\n", first)
			}
			fmt.Fprintln(&b, "data: [DONE]")
		case e.Name == "":
			text.WriteString(e.Data)
		case e.Name != "text":
			fmt.Fprintf(&b, "event: %s %s\n", e.Name, e.Data)
		}
	}
	return b.Bytes()
}

// written are fields whose content other packages decide and test: here it only
// matters that it is there.
var written = []string{
	"body", "preview", "text", "content_html", "content_text", "summary", "meta_title", "meta_description",
	"word_count", "words", "scores", "needs_input",
	"provenance", "findings", "guardrails_triggered", "output", "settings_schema", "default_settings", "instructions",
	"description", "execution_plan",
}

// shortened leaves out of an answer what was written, and of lists all but the
// first.
func shortened(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = shortened(value)
			if slices.Contains(written, name) && value != nil && value != "" {
				v[name] = "…"
			}
			if l, ok := value.([]any); ok && (name == "step_results" || name == "data" && v["meta"] != nil) && len(l) > 1 {
				v[name] = append(l[:1], "…")
			}
			if name == "total" && v["categories"] != nil {
				v[name] = "…" // how many there are is for app to say
			}
		}
	case []any:
		for i := range v {
			v[i] = shortened(v[i])
		}
	}
	return v
}

var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "2026-02-26T10:00:00Z"},
	{regexp.MustCompile(`[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d UTC`), "Thu, 26 Feb 2026 10:00:00 UTC"},
	{regexp.MustCompile(`vell_pk_[0-9A-Za-z]{40}`), "vell_pk_0000000000000000000000000000000000000000"},
	{regexp.MustCompile(`"prefix": "vell_pk_[0-9A-Za-z]{4}"`), `"prefix": "vell_pk_0000"`},
	{regexp.MustCompile(`Etag: "(\d+-)?[0-9a-z]+(-gzip)?"`), `Etag: "${1}tag"`},
	{regexp.MustCompile(`"duration_ms": \d+`), `"duration_ms": 12`},
	{regexp.MustCompile(`"last_used_ip": "[^"]+"`), `"last_used_ip": "127.0.0.1"`},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "http://127.0.0.1:8080"},
	{regexp.MustCompile(`urn:uuid:[0-9a-f-]{36}`), "urn:uuid:8fa3d5a0-5b1c-8d2e-9f00-3c6b7a1e2d4f"},
}

// still replaces what differs from run to run.
func still(s string, w *whole) []byte {
	for _, v := range volatile {
		s = v.pattern.ReplaceAllString(s, v.with)
	}
	return []byte(s)
}

// slow skips a test that sends thousands of requests, one after another, where that would
// show nothing: the race detector looks at what happens at the same time.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("sends thousands of requests, one at a time")
	}
}
