package cli_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/cli"
)

// wire is a server that records its last request and returns a fixed response.
type wire struct {
	status  int
	media   string
	answer  string
	request string // method, address, headers of interest and body of the last call
}

func (s *wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.request = r.Method + " " + r.URL.String()
	for _, name := range []string{"Prefer", "If-Match", "Authorization"} {
		if v := r.Header.Get(name); v != "" {
			s.request += " " + name + "=" + v
		}
	}
	if len(body) > 0 {
		s.request += " " + string(body)
	}
	media := s.media
	if media == "" {
		media = "application/json"
	}
	w.Header().Set("Content-Type", media)
	if s.status != 0 {
		w.WriteHeader(s.status)
	}
	_, _ = io.WriteString(w, s.answer)
}

func run(t *testing.T, s *wire, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	root := &cobra.Command{Use: "vellocity", SilenceErrors: true, SilenceUsage: true}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return cli.Usage{Err: err} })
	root.AddCommand(cli.Commands(app.Table(), func(*cobra.Command) (*cli.Client, error) {
		return &cli.Client{HTTP: srv.Client(), Base: srv.URL, Key: "k"}, nil
	})...)
	var out, talk bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&talk)
	root.SetArgs(args)
	err = root.ExecuteContext(t.Context())
	return out.String(), talk.String(), err
}

func TestRequests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"topic":"Cloud"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"executions list --status failed --per-page 5", "GET /api/v1/content-workflow/executions?per_page=5&status=failed Authorization=Bearer k"},
		{"executions get 7 --wait 30", "GET /api/v1/content-workflow/executions/7 Prefer=wait=30 Authorization=Bearer k"},
		{"agents list --active-only=false", "GET /api/v1/content-workflow/agents?active_only=false Authorization=Bearer k"},
		{"kanban move 101 --status review --if-match \"3\"", "POST /api/v1/content-workflow/kanban/101/status If-Match=\"3\" Authorization=Bearer k {\"status\":\"review\"}"},
		{"kanban bulk-move --content-ids 1,2 --status ready", `POST /api/v1/content-workflow/kanban/bulk-move Authorization=Bearer k {"content_ids":[1,2],"status":"ready"}`},
		{"capabilities execute generate-blog-post --settings @" + file, `POST /api/v1/content-workflow/capabilities/generate-blog-post/execute Authorization=Bearer k {"settings":{"topic":"Cloud"}}`},
		{"images upload --file @" + file + " --alt-text A", `POST /api/v1/aiimage/images Authorization=Bearer k {"alt_text":"A","file":"eyJ0b3BpYyI6IkNsb3VkIn0="}`},
		{"content edit 7 --planned-at= --assignee=", `PATCH /api/v1/content-workflow/content/7 Authorization=Bearer k {"assignee":null,"planned_at":null}`},
		{"executions cancel 7", "POST /api/v1/content-workflow/executions/7/cancel Authorization=Bearer k"},
		{"capabilities get a/b?c", "GET /api/v1/content-workflow/capabilities/a%2Fb%3Fc Authorization=Bearer k"},
	} {
		s := &wire{answer: `{"success":true,"data":{}}`}
		if _, _, err := run(t, s, strings.Fields(c.args)...); err != nil && !strings.Contains(c.args, "list") {
			t.Errorf("%s: %v", c.args, err)
		}
		if s.request != c.want {
			t.Errorf("%s\n sent %s\n want %s", c.args, s.request, c.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, args, media, answer string
		out, talk                 string
	}{
		{
			"table", "executions list", "",
			`{"success":true,"data":[{"type":"execution","id":7,"attributes":{"status":"completed","capability":"generate-blog-post","title":"Cloud\ncosts","progress_percentage":100,"created_at":"2026-02-26T10:00:00Z"}}],"meta":{"page":1,"per_page":20,"total":1,"total_pages":1}}`,
			"ID  STATUS     CAPABILITY          TITLE        PROGRESS PERCENTAGE  CREATED AT\n7   completed  generate-blog-post  Cloud costs  100                  2026-02-26T10:00:00Z\n",
			"Page 1 of 1, 1 in all\n",
		},
		{
			"a type of its own", "triggers list", "",
			`{"success":true,"data":[{"type":"workflow_trigger","id":7,"attributes":{"name":"Nightly","type":"schedule","template":"newsletter","enabled":true,"next_fire_at":null}}],"meta":{"page":1,"per_page":20,"total":1,"total_pages":1}}`,
			"ID  NAME     TYPE      TEMPLATE    ENABLED  NEXT FIRE AT\n7   Nightly  schedule  newsletter  true     -\n",
			"Page 1 of 1, 1 in all\n",
		},
		{
			"object", "content get 5", "", `{"success":true,"data":{"type":"content_item","id":5,"attributes":{"title":"T","channel":null,"body":"# T\n\nText."},"links":{"self":"/x"}}}`,
			"id       5\ntitle    T\nchannel  -\n\n# T\n\nText.\n", "",
		},
		{"key alone", "keys create --name Site", "", `{"success":true,"data":{"id":1},"meta":{"key":"vell_pk_x","warning":"Copy it."}}`, "vell_pk_x\n", "Copy it.\n"},
		{
			"a secret", "channels create --kind webhook --name Shop", "",
			`{"success":true,"data":{"type":"channel","id":4,"attributes":{"name":"Shop"}},"meta":{"secret":"c2VjcmV0","warning":"Copy it."}}`,
			"id    4\nname  Shop\nsecret  c2VjcmV0\n", "Copy it.\n",
		},
		{
			"no secret", "channels create --kind webhook --name Shop", "",
			`{"success":true,"data":{"type":"channel","id":4,"attributes":{"name":"Shop"}},"meta":{"secret":null,"warning":"It is stored."}}`,
			"id    4\nname  Shop\n", "",
		},
		{"json", "credits get --json", "", `{"success":true,"data":{"balance":1}}`, "{\n  \"success\": true,\n  \"data\": {\n    \"balance\": 1\n  }\n}\n", ""},
		{"stream", "text generate --prompt hi", "text/event-stream", "id: 1-1\ndata: Hello\n\nid: 1-2\ndata:  world\n\ndata: [DONE]\n\n", "Hello world\n", ""},
		{"file", "content export 5", "text/markdown", "# T\n", "# T\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, talk, err := run(t, &wire{answer: c.answer, media: c.media}, strings.Fields(c.args)...)
			if err != nil || out != c.out || talk != c.talk {
				t.Errorf("%v\nout  %q\nwant %q\ntalk %q\nwant %q", err, out, c.out, talk, c.talk)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	s := &wire{
		status: 422,
		answer: `{"success":false,"error":{"code":"VALIDATION_ERROR","message":"The name field is required","details":{"name":["The name field is required"],"role":["bad"]},"request_id":"r"}}`,
	}
	_, _, err := run(t, s, "keys", "create", "--name", "x")
	var f *cli.Failure
	if !errors.As(err, &f) || f.Code != "VALIDATION_ERROR" || !strings.Contains(err.Error(), "\n  role: bad") {
		t.Errorf("%v", err)
	}
	for _, args := range []string{"keys create", "executions get", "executions get 1 2", "executions list --nothing", "capabilities execute x --settings [1]", "kanban bulk-move --content-ids a --status ready"} {
		s := &wire{}
		_, _, err := run(t, s, strings.Fields(args)...)
		var usage cli.Usage
		if !errors.As(err, &usage) || s.request != "" {
			t.Errorf("%s: %v, sent %q", args, err, s.request)
		}
	}
	_, _, err = run(
		t,
		&wire{
			media:  "text/event-stream",
			answer: "data: Hel\n\nevent: error\ndata: {\"code\":\"PROVIDER_ERROR\",\"message\":\"It failed\"}\n\ndata: [DONE]\n\n",
		},
		"text",
		"generate",
		"--prompt",
		"x",
	)
	if !errors.As(err, &f) || f.Code != "PROVIDER_ERROR" {
		t.Errorf("stream: %v", err)
	}
	cut := &wire{media: "text/event-stream", answer: "data: Hel\n\n"}
	if _, _, err = run(t, cut, "text", "generate", "--prompt", "x"); err == nil {
		t.Error("a stream that broke off was taken for a whole one")
	}
}

// TestListsOnTheCommandLine: words are written between commas, sentences are repeated, since
// they have commas, and objects are JSON.
func TestListsOnTheCommandLine(t *testing.T) {
	s := &wire{answer: `{"success":true,"data":{}}`}
	_, _, err := run(t, s, "brand-voices", "create", "--name", "V", "--tone", "warm,dry", "--do", "First this, then that",
		"--do", `Say "it"`, "--preferred-terms", `[{"use":"a, b","instead_of":"c"}]`)
	want := `POST /api/v1/content-workflow/brand-voices Authorization=Bearer k {"do":["First this, then ` +
		`that","Say \"it\""],` +
		`"name":"V","preferred_terms":[{"use":"a, b","instead_of":"c"}],"tone":["warm","dry"]}`
	if err != nil || s.request != want {
		t.Errorf("%v\n sent %s\n want %s", err, s.request, want)
	}
	_, _, err = run(t, s, "brand-voices", "create", "--name", "V", "--preferred-terms", "a=b")
	if err == nil || !strings.Contains(err.Error(), "a JSON list of objects") {
		t.Errorf("no JSON: %v", err)
	}
}

func TestEveryRowHasItsCommand(t *testing.T) {
	byPath := map[string]*cobra.Command{}
	for _, noun := range cli.Commands(app.Table(), nil) {
		for _, c := range noun.Commands() {
			byPath[noun.Name()+" "+c.Name()] = c
		}
	}
	for _, o := range app.Table() {
		c := byPath[o.Command.Noun+" "+o.Command.Verb]
		if o.Command.None != "" {
			if c != nil {
				t.Errorf("%s has a command and says why not", o.Name)
			}
			continue
		}
		if c == nil || c.Short == "" || c.Long == "" ||
			!strings.Contains(c.Example, "vellocity "+o.Command.Noun+" "+o.Command.Verb) ||
			c.Flags().Lookup("json") == nil {
			t.Errorf("%s lacks a command, help, an example or --json", o.Name)
		}
	}
}
