package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"vellocity/internal/app"
	"vellocity/internal/domain"
	"vellocity/internal/ops"
	"vellocity/internal/schema"
	"vellocity/internal/store/storetest"
)

// request is one raw request for a row: texts are sent as they stand, so that a test can
// send what no encoder would write.
type request struct {
	path, query string
	body        map[string]json.RawMessage
	headers     []string
}

// requestOf returns the request of a row's example, with ids that nothing has.
func requestOf(o ops.Op) request {
	path, body := target(o, missing)
	path, query, _ := strings.Cut(path, "?")
	r := request{path: path, query: query, body: map[string]json.RawMessage{}}
	if body != "" {
		_ = json.Unmarshal([]byte(body), &r.body) // target wrote it
	}
	return r
}

func (r request) send(t *testing.T, w *whole, o ops.Op) (int, ops.ErrorBody) {
	t.Helper()
	text := ""
	if o.HasBody() {
		fields := make([]string, 0, len(r.body))
		for _, name := range slices.Sorted(maps.Keys(r.body)) {
			fields = append(fields, string(ops.MustEncode(name))+":"+string(r.body[name]))
		}
		text = "{" + strings.Join(fields, ",") + "}"
	}
	path := r.path
	if r.query != "" {
		path += "?" + r.query
	}
	headers := append([]string{"Accept: application/json"}, r.headers...)
	status, _, raw := w.call(t, w.first.Key.Secret, o.Method, path, text, headers...)
	var answer struct{ Error ops.ErrorBody }
	if status >= 400 && json.Unmarshal(raw, &answer) != nil {
		t.Errorf("%s %s %s: %d without an envelope: %.200s", o.Method, path, text, status, raw)
	}
	return status, answer.Error
}

// faults returns the names of the fields that a failure names.
func faults(e ops.ErrorBody) []string { return slices.Sorted(maps.Keys(e.Details)) }

// TestWholeNumbersAreReadHoweverTheyAreWritten sends every integer field of the table as
// n, n.0, ne0 and 10n·10⁻¹, and as numbers that no 64 bits hold.
func TestWholeNumbersAreReadHoweverTheyAreWritten(t *testing.T) {
	fields := 0
	for _, o := range app.Table() {
		for _, f := range o.Fields() {
			if f.Type != "integer" && f.Items != "integer" {
				continue
			}
			fields++
			said := func(number string) string {
				args := o.ExampleInput()
				args[f.Name] = json.RawMessage(number)
				if f.Type == "array" {
					args[f.Name] = json.RawMessage("[" + number + "]")
				}
				_, err := o.DecodeArguments(ops.MustEncode(args))
				if err == nil {
					return ""
				}
				e := domain.AsError(err)
				if e.Code != domain.CodeValidation || len(e.Fields) != 1 ||
					e.Fields[f.Name] == nil && e.Fields[f.Name+".0"] == nil {
					t.Errorf("%s: %s = %s: %v", o.Name, f.Name, number, err)
				}
				return e.Message
			}
			for _, n := range []int{-1, 0, 1, 7, 60, 61, 4000, 1_000_000_000} {
				want := said(fmt.Sprint(n))
				for _, form := range []string{"%d.0", "%d.000e0", "%de0", "%d.0e-0", "%dE+00"} {
					if got := said(fmt.Sprintf(form, n)); got != want {
						t.Errorf("%s: %s = "+form+": %q, but %d: %q", o.Name, f.Name, n, got, n, want)
					}
				}
			}
			for _, n := range []string{
				"9223372036854775808", "99999999999999999999", "1e19", "1e400", "1e9999999", "-9223372036854775809", "1.5", "5e-1",
			} {
				if said(n) == "" {
					t.Errorf("%s: %s = %s was taken", o.Name, f.Name, n)
				}
			}
		}
	}
	if fields < 20 {
		t.Errorf("only %d fields", fields)
	}
}

// TestSettingsTakeWholeNumbersHoweverTheyAreWritten does the same for every capability.
func TestSettingsTakeWholeNumbersHoweverTheyAreWritten(t *testing.T) {
	slow(t)
	w := start(t)
	_, item := w.finished(t, "Cloud cost optimization")
	fields := 0
	for _, c := range w.Engine.Work.AllCapabilities() {
		s, err := schema.Compile(c.SettingsSchema)
		if err != nil {
			t.Fatal(err)
		}
		settings := map[string]any{}
		for _, name := range s.Required() {
			f, _ := s.Field(name)
			if settings[name] = any(f.Examples[0]); f.Type == schema.Integer {
				settings[name] = item
			}
		}
		if _, ok := s.Field("content_id"); ok {
			settings["content_id"] = item // some capabilities take this or a text
		}
		for _, f := range s.Fields() {
			if f.Type != schema.Integer {
				continue
			}
			fields++
			send := func(number string) (int, string) {
				given := maps.Clone(settings)
				given[f.Name] = json.RawMessage(number)
				body := string(ops.MustEncode(map[string]any{"settings": given}))
				status, _, raw := w.call(t, w.first.Key.Secret, "POST",
					"/api/v1/content-workflow/capabilities/"+c.Slug+"/execute", body)
				var answer struct{ Error ops.ErrorBody }
				_ = json.Unmarshal(raw, &answer) // empty where it is none
				if status != 201 && status != 409 && (status != 422 || answer.Error.Details["settings."+f.Name] == nil) {
					t.Errorf("%s: %s = %s: %d %s", c.Slug, f.Name, number, status, raw)
				}
				return status, answer.Error.Message
			}
			for _, n := range []string{"1", "500"} {
				status, message := send(n)
				for _, form := range []string{n + ".0", n + "e0", n + "0e-1"} {
					if s, m := send(form); s != status || m != message {
						t.Errorf("%s: %s = %s: %d %q, but %s: %d %q", c.Slug, f.Name, form, s, m, n, status, message)
					}
				}
			}
			for _, n := range []string{"9223372036854775808", "99999999999999999999", "1e30", "1e9999999", "-1e30", "1.5"} {
				if status, _ := send(n); status != 422 {
					t.Errorf("%s: %s = %s: %d", c.Slug, f.Name, n, status)
				}
			}
		}
	}
	if fields < 5 {
		t.Errorf("only %d fields", fields)
	}
}

// TestNullMeansLeftOut holds that null is taken for every field that need not be given,
// and refused as missing for the others.
func TestNullMeansLeftOut(t *testing.T) {
	for _, o := range app.Table() {
		for _, f := range o.Fields() {
			if f.In == ops.InHeader {
				continue
			}
			args := o.ExampleInput()
			args[f.Name] = nil
			_, err := o.DecodeArguments(ops.MustEncode(args))
			if f.Required == (err == nil) {
				t.Errorf("%s: %s = null: %v, required %v", o.Name, f.Name, err, f.Required)
			}
		}
	}
}

// TestWhatIsShownAsNullCanBeSentBack holds that a change takes null for each field that
// its own answer may show as null.
func TestWhatIsShownAsNullCanBeSentBack(t *testing.T) {
	held := 0
	for _, o := range app.Table() {
		if o.Method != http.MethodPatch && o.Method != http.MethodPut {
			continue
		}
		shown := o.Data()
		if a, ok := shown.FieldByName("Attributes"); ok {
			shown = a.Type
		}
		for _, sf := range reflect.VisibleFields(shown) {
			name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
			f, ok := o.Field(name)
			if !ok || sf.Type.Kind() != reflect.Pointer {
				continue
			}
			held++
			if !f.Schema.Nullable {
				t.Errorf("%s shows %s as null and does not let null clear it", o.Name, name)
			}
		}
	}
	if held < 7 {
		t.Errorf("only %d fields", held)
	}
}

// TestNullClears sets the fields that null clears and clears them again.
func TestNullClears(t *testing.T) {
	w := start(t)
	_, item := w.finished(t, "Cloud cost optimization")
	at := fmt.Sprintf("/api/v1/content-workflow/content/%d", item)
	for _, c := range []struct{ path, name, value string }{
		{at, "planned_at", `"2027-01-02T03:04:05Z"`},
		{at, "scheduled_at", `"2027-01-02T03:04:05Z"`},
		{at, "assignee", `"Ada"`},
		{at, "channel", `"linkedin"`},
		{at, "meta_title", `"Cloud cost optimization, step by step"`},
		{at, "meta_description", `"What to do first about a cloud bill."`},
		{"/api/v1/partners/profile", "default_brand_voice_id", "1"},
	} {
		for _, value := range []string{c.value, "null"} {
			status, _, raw := w.call(t, w.first.Key.Secret, "PATCH", c.path, `{"`+c.name+`":`+value+`}`)
			var a struct {
				Data map[string]json.RawMessage
			}
			if err := json.Unmarshal(raw, &a); err != nil || status != 200 {
				t.Fatalf("%s = %s: %d %s", c.name, value, status, raw)
			}
			fields := a.Data
			if inner := a.Data["attributes"]; inner != nil {
				fields = map[string]json.RawMessage{}
				if err := json.Unmarshal(inner, &fields); err != nil {
					t.Fatal(err)
				}
			}
			if got := string(fields[c.name]); got != value {
				t.Errorf("%s = %s: shown as %s", c.name, value, got)
			}
		}
	}
}

// TestABodyThatIsNotTakenIsRefused sends a body to every row that takes none.
func TestABodyThatIsNotTakenIsRefused(t *testing.T) {
	w := start(t)
	rows := 0
	for _, o := range app.Table() {
		if o.HasBody() {
			continue
		}
		rows++
		path, _ := target(o, missing)
		send := func(body, media string) (int, ops.ErrorBody) {
			t.Helper()
			status, _, raw := w.call(t, w.first.Key.Secret, o.Method, path, body,
				"Accept: application/json", "Content-Type: "+media)
			var answer struct{ Error ops.ErrorBody }
			_ = json.Unmarshal(raw, &answer) // empty where it is none
			return status, answer.Error
		}
		if status, e := send(`{"priority":"high"}`, "application/json"); status != 422 || e.Details["priority"] == nil {
			t.Errorf("%s: a field: %d %+v", o.Name, status, e)
		}
		if status, e := send("[]", "application/json"); status != 422 {
			t.Errorf("%s: a list: %d %+v", o.Name, status, e)
		}
		if status, e := send("{", "application/json"); status != 400 {
			t.Errorf("%s: no JSON: %d %+v", o.Name, status, e)
		}
		if status, e := send("hello", "text/plain"); status != 415 {
			t.Errorf("%s: text: %d %+v", o.Name, status, e)
		}
		if status, e := send(strings.Repeat(" ", ops.MaxBody+1), "text/plain"); status != 413 {
			t.Errorf("%s: too much: %d %+v", o.Name, status, e)
		}
		want, _ := send("", "application/json")
		if status, e := send("{}", "application/json"); status != want {
			t.Errorf("%s: {}: %d %+v, without it %d", o.Name, status, e, want)
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows", rows)
	}
}

// unstorable are texts as JSON that no door takes, each with the statuses that refuse it:
// what is no text at all is a fault of the body, what has a character that may not be is
// one of its field.
var unstorable = []struct {
	name, json string
	status     int
}{
	{"NUL", `"a\u0000b"`, 422},
	{"escape", `"a\u001bb"`, 422},
	{"backspace", `"a\bb"`, 422},
	{"form feed", `"a\fb"`, 422},
	{"high half", `"a\ud83db"`, 400},
	{"low half", `"a\udc1db"`, 400},
	{"halves in the wrong order", `"\udc1d\ud83d"`, 400},
	{"invalid UTF-8", "\"a\xffb\"", 400},
	{"a cut character", "\"a\xe2\x82\"", 400},
}

// TestNoFieldTakesWhatCannotBeStored puts what PostgreSQL cannot store, or XML cannot
// show, into every text of every row, and into what no schema describes.
func TestNoFieldTakesWhatCannotBeStored(t *testing.T) {
	slow(t)
	onEachDatabase(t, func(t *testing.T, w *whole) {
		sent := 0
		for _, o := range app.Table() {
			for _, f := range o.Fields() {
				if f.Type != "string" && f.Items != "string" && f.Type != "object" || f.In == ops.InPrefer {
					continue
				}
				for _, bad := range unstorable {
					sent++
					w.refuses(t, o, f, bad.name, bad.json, bad.status)
				}
			}
		}
		if sent < 300 {
			t.Errorf("only %d texts", sent)
		}
	})
}

// refuses sends one bad text in one field, wherever the field is.
func (w *whole) refuses(t *testing.T, o ops.Op, f ops.Field, name, text string, want int) {
	t.Helper()
	r := requestOf(o)
	var plain string
	_ = json.Unmarshal([]byte(text), &plain) // what is invalid stays invalid below
	if strings.Contains(text, "\xff") || strings.Contains(text, "\xe2") {
		plain = strings.Trim(text, `"`)
	}
	switch f.In {
	case ops.InPath:
		if r.path, want = strings.Replace(o.URL(), "{"+f.Name+"}", url.PathEscape(plain), 1), 404; strings.ContainsRune(
			plain,
			'\ufffd',
		) {
			return // a character like any other
		}
	case ops.InQuery:
		if want = 422; strings.ContainsRune(plain, '\ufffd') {
			return
		}
		query, _ := url.ParseQuery(r.query)
		query.Set(f.Name, plain)
		r.query = query.Encode()
	case ops.InHeader:
		if utf8.ValidString(plain) {
			return // no header can hold it: net/http refuses it on both ends
		}
		r.headers, want = []string{f.Header + ": " + plain}, 422
	default:
		switch f.Type {
		case "array":
			text = "[" + text + "]"
		case "object":
			text = `{"topic":{"deep":[` + text + `]}}`
		}
		r.body[f.Name] = json.RawMessage(text)
	}
	status, e := r.send(t, w, o)
	named := slices.ContainsFunc(faults(e), func(path string) bool {
		return path == f.Name || strings.HasPrefix(path, f.Name+".") || path == f.Header
	})
	if status != want || want == 422 && !named {
		t.Errorf("%s: %s with %s: %d %+v, want %d", o.Name, f.Name, name, status, e, want)
	}
}

// TestNoPathTakesWhatCannotBeStored asks for addresses that no database could look up.
func TestNoPathTakesWhatCannotBeStored(t *testing.T) {
	slow(t)
	onEachDatabase(t, func(t *testing.T, w *whole) {
		for _, bad := range []string{"a%00b", "%ff", "a%1bb", "%e2%82", "%c0%80"} {
			for _, path := range []string{
				"/feeds/" + bad + "/rss.xml", "/feeds/" + bad + "/feed.json", "/feeds/" + bad, "/feeds/main/items/" + bad,
				"/api/v1/" + bad, "/api/v1/content-workflow/capabilities/" + bad, "/api/v1/content-workflow/content/" + bad,
			} {
				if status, _, raw := w.call(t, w.first.Key.Secret, "GET", path, ""); status != 404 {
					t.Errorf("%s: %d %s", path, status, raw)
				}
			}
		}
	})
}

// TestAllFaultsComeAtOnce breaks the envelope and the settings in one call.
func TestAllFaultsComeAtOnce(t *testing.T) {
	w := start(t)
	const args = `{"priority":"q","settings":{"topic":"","word_count":1e30,"tpoic":"x","tone":"a\u0000"},"nothing":1}`
	want := []string{"nothing", "priority", "settings.tone", "settings.topic", "settings.tpoic", "settings.word_count"}
	status, _, raw := w.call(t, w.first.Key.Secret, "POST",
		"/api/v1/content-workflow/capabilities/generate-blog-post/execute", args)
	var answer struct{ Error ops.ErrorBody }
	if err := json.Unmarshal(raw, &answer); err != nil || status != 422 || !slices.Equal(faults(answer.Error), want) {
		t.Errorf("%d %s %v, want faults of %v", status, raw, err, want)
	}
	for path, messages := range answer.Error.Details {
		if l, _ := messages.([]any); len(l) != 1 {
			t.Errorf("%s has %d messages for one fault: %v", path, len(l), messages)
		}
	}
	if !strings.Contains(string(raw), `did you mean \"topic\"?`) {
		t.Errorf("no suggestion in %s", raw)
	}
	var tool map[string]any
	if err := json.Unmarshal([]byte(`{"priority":"q","topic":"","word_count":1e30,"tpoic":"x"}`), &tool); err != nil {
		t.Fatal(err)
	}
	text := w.tool(t, w.first.Key.Secret, "generate_blog_post", tool)
	for _, name := range []string{"priority", "topic", "tpoic", "word_count"} {
		if !strings.Contains(text, "- "+name+":") {
			t.Errorf("the tool does not say what is wrong with %s: %s", name, text)
		}
	}
}

// TestBodiesAreReadAsTheyAreSent sends what clients send and RFCs allow.
func TestBodiesAreReadAsTheyAreSent(t *testing.T) {
	w := start(t)
	send := func(media, body string) (int, string) {
		req, err := http.NewRequestWithContext(
			t.Context(),
			"PATCH",
			w.url+"/api/v1/partners/profile",
			strings.NewReader(body),
		)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+w.first.Key.Secret)
		req.Header.Set("Content-Type", media)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, _ := io.ReadAll(resp.Body) // its status says enough
		return resp.StatusCode, string(raw)
	}
	const body = `{"company_name":"Acme"}`
	for _, c := range []struct {
		media, body string
		status      int
	}{
		{"application/json", body, 200},
		{"application/json; charset=utf8", body, 200},
		{`application/json; charset="UTF-8"`, body, 200},
		{"application/merge-patch+json", body, 200},
		{"application/json", "\ufeff" + body, 200},
		{"application/json; charset=latin1", body, 415},
		{"application/json", "\ufeff\ufeff" + body, 400},
		{"application/json", "null", 422},
		{"application/json", "", 200},
	} {
		status, raw := send(c.media, c.body)
		if status != c.status || strings.Contains(raw, "The  field") {
			t.Errorf("%s %q: %d %s, want %d", c.media, c.body, status, raw, c.status)
		}
	}
}

// onEachDatabase runs the test on SQLite and, where its programs are found, PostgreSQL.
func onEachDatabase(t *testing.T, run func(t *testing.T, w *whole)) {
	t.Run("sqlite", func(t *testing.T) { run(t, start(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, startOn(t, storetest.NewCluster(t).URL())) })
}

// TestTheReplayOfAWaitedCallWaitsToo repeats a call with a wait under its key: the repeat
// gives the end as well, not the state of the first moment.
func TestTheReplayOfAWaitedCallWaitsToo(t *testing.T) {
	w := start(t)
	const path = "/api/v1/content-workflow/capabilities/generate-blog-post/execute"
	const body = `{"settings":{"topic":"Cloud cost optimization"}}`
	var first, again struct {
		Data struct {
			ID         int64
			Attributes struct {
				Status   string
				Progress int `json:"progress_percentage"`
			}
		}
		Meta struct{ Message string }
	}
	status, h, raw := w.call(t, w.first.Key.Secret, "POST", path, body, "Idempotency-Key: k")
	if err := json.Unmarshal(raw, &first); err != nil || status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	at := h.Get("Location")
	status, h, raw = w.call(t, w.first.Key.Secret, "POST", path, body, "Idempotency-Key: k", "Prefer: wait=60")
	if err := json.Unmarshal(raw, &again); err != nil || status != 201 || again.Data.ID != first.Data.ID ||
		again.Data.Attributes.Status != "completed" || again.Data.Attributes.Progress != 100 ||
		again.Meta.Message != first.Meta.Message || h.Get("Location") != at ||
		h.Get("Idempotent-Replayed") != "true" || h.Get("Preference-Applied") != "wait=60" {
		t.Errorf("%d %v %s", status, h, raw)
	}
	status, h, raw = w.call(t, w.first.Key.Secret, "POST", path, body, "Idempotency-Key: k")
	if err := json.Unmarshal(raw, &again); err != nil || status != 201 || again.Data.Attributes.Status != "pending" ||
		h.Get("Idempotent-Replayed") != "true" || h.Get("Preference-Applied") != "" {
		t.Errorf("without a wait: %d %v %s", status, h, raw)
	}
}
