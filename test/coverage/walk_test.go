package coverage_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/await"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// walker plays stories on one server and notes what it has seen.
type walker struct {
	*product.Server
	doc  *document
	base database
	seen *sheet

	powerless string            // a key that may call tools, and nothing that they do
	fresh     string            // a key that was never used
	kept      map[string]string // values of answers, by name
	good      map[string]call   // the latest call of each operation that succeeded
	n         int               // calls with a key of their own so far
}

// get reads a path as the first key.
func (w *walker) get(t *testing.T, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL()+base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.Key)
	a, err := send(req)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %d %v %s", path, a.status, err, a.raw)
	}
	return a.raw
}

// newKey creates a key with one scope.
func (w *walker) newKey(t *testing.T, scope string) string {
	t.Helper()
	c := call{op: w.doc.byID["create_api_key"], key: w.Key, body: `{"name":"coverage","scopes":["` + scope + `"]}`}
	secret, err := c.rest(t, w.Server).at("meta.key")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// play makes the calls of a story, as tools where tools is set and there is one. With wrong,
// the first call of each operation is made wrong in every way before.
func (w *walker) play(t *testing.T, steps []step, tools, wrong bool) {
	t.Helper()
	begun := map[string]bool{}
	for _, st := range steps {
		o := w.doc.byID[st.op]
		if o == nil {
			t.Errorf("the story has a step for %s, which the document does not know", st.op)
			continue
		}
		c := w.callOf(o, st)
		if st.before != "" {
			w.base.exec(t, st.before)
		}
		_, never := unprovoked[o.ID][o.success()] // no step of it succeeds
		if wrong && !begun[o.ID] && (st.want == 0 || never) {
			begun[o.ID] = true
			w.wrongly(t, c, tools)
		}
		w.rightly(t, c, st, tools && o.tool != nil)
	}
}

// callOf fills in what earlier steps have kept.
func (w *walker) callOf(o *operation, st step) call {
	c := call{op: o, key: w.Key, body: st.body, wait: st.wait, params: map[string]string{}, header: map[string]string{}}
	if c.body == "" {
		c.body = o.example()
	}
	names := slices.SortedFunc(maps.Keys(w.kept), func(a, b string) int { return len(b) - len(a) })
	for _, name := range names { // the longer first: $copy is not $cop and a y
		c.body = strings.ReplaceAll(c.body, "$"+name, w.kept[name])
	}
	for pair := range strings.FieldsSeq(st.with) {
		name, value, _ := strings.Cut(pair, "=")
		if known, ok := w.kept[value]; ok {
			value = known
		}
		c.params[name] = value
	}
	if st.stream {
		c.header["Accept"] = "text/event-stream"
	}
	return c
}

// rightly makes the call of a step, and keeps what later steps need of its answer.
func (w *walker) rightly(t *testing.T, c call, st step, tool bool) {
	t.Helper()
	want := st.want
	if want == 0 {
		want = c.op.success()
	}
	if st.before != "" { // calls that went wrong on purpose may have undone it
		w.base.exec(t, st.before)
	}
	if st.restless != "" {
		defer w.base.restless(t, st.restless)()
	}
	if st.later {
		_, path, _ := strings.Cut(st.keep, "=")
		await.True(t, "what "+c.op.ID+" is to show", func() bool {
			_, err := c.rest(t, w.Server).at(path)
			return err == nil
		})
	}
	var a answer
	if tool {
		a = w.seeTool(t, c, nil, want)
	} else {
		if c.op.takes("header", "Idempotency-Key") {
			c.header["Idempotency-Key"] = w.unused("right")
		}
		a = w.see(t, c, want)
	}
	if a.status != want {
		t.Fatalf("the story cannot go on after %s", c.op.ID)
	}
	for pair := range strings.FieldsSeq(st.keep) {
		name, path, _ := strings.Cut(pair, "=")
		value, err := a.at(path)
		if err != nil {
			t.Fatalf("%s: %v", c.op.ID, err)
		}
		w.kept[name] = value
	}
	_, never := unprovoked[c.op.ID][c.op.success()]
	if want != c.op.success() && !never || tool || st.stream {
		return
	}
	w.good[c.op.ID] = c
	if tag := a.header.Get("Etag"); tag != "" && c.op.documents(http.StatusNotModified) {
		c.header["If-None-Match"] = tag
		w.see(t, c, http.StatusNotModified)
	}
	if key := c.header["Idempotency-Key"]; key != "" {
		w.base.exec(t, `update idempotency set status = 0 where key = '`+key+`'`) // as while the first call is at work
		w.see(t, c, http.StatusConflict)
	}
}

// unused returns an Idempotency-Key that was not used before.
func (w *walker) unused(kind string) string {
	w.n++
	return fmt.Sprintf("%s-%d", kind, w.n)
}

// see makes a call over REST and notes its status, which must be the one that is wanted,
// and documented.
func (w *walker) see(t *testing.T, c call, want int) answer {
	t.Helper()
	a := c.rest(t, w.Server)
	if a.status != want {
		t.Errorf("%s %s %.200s: %d, want %d: %.500s", c.op.ID, c.address(), c.body, a.status, want, a.raw)
		return a
	}
	w.note(t, c.op, a, false)
	return a
}

// note notes an answer over REST, which must be as the document says.
func (w *walker) note(t *testing.T, o *operation, a answer, tool bool) {
	t.Helper()
	if !o.documents(a.status) {
		t.Errorf("%s: the document knows no %d: %.300s", o.ID, a.status, a.raw)
		return
	}
	isJSON := strings.HasPrefix(a.header.Get("Content-Type"), "application/json")
	switch s := o.schemas[a.status]; {
	case s == nil || tool:
	case isJSON:
		if err := fits(s, a.raw); err != nil {
			t.Errorf("%s %d is otherwise than documented: %v", o.ID, a.status, err)
		}
	case a.status >= http.StatusBadRequest:
		t.Errorf("%s %d is no JSON, but %q", o.ID, a.status, a.header.Get("Content-Type"))
	}
	w.seen.add(o.ID, a.status, tool)
}

// seeTool makes a call as a tool, with more arguments, and notes its status.
func (w *walker) seeTool(t *testing.T, c call, more map[string]any, want int) answer {
	t.Helper()
	a := c.mcp(t, w.Server, more)
	if a.status != want {
		t.Errorf("tool %s %v %.200s: %d, want %d: %.500s", c.op.ID, c.params, c.body, a.status, want, a.raw)
		return a
	}
	w.note(t, c.op, a, true)
	return a
}

// wrongly makes a call wrong in every way that the document has a status for. None of
// these calls may have an effect: the right one comes next.
func (w *walker) wrongly(t *testing.T, c call, tools bool) {
	t.Helper()
	if tools && c.op.tool != nil {
		w.wrongTool(t, c)
		return
	}
	if tools {
		return // the story over REST has made it already
	}
	for _, way := range w.ways(c) {
		if c.op.documents(way.status) {
			w.see(t, way.call, way.status)
		}
	}
	if lost, ok := lostOf(t, c); ok {
		w.see(t, lost, http.StatusNotFound)
	}
	w.wrongTypes(t, c)
}

// way is a call with one thing wrong, and the status that it gets.
type way struct {
	status int
	call
}

func (w *walker) ways(c call) []way {
	with := func(status int, change func(*call)) way {
		wrong := c
		wrong.params, wrong.header = maps.Clone(c.params), maps.Clone(c.header)
		change(&wrong)
		return way{status, wrong}
	}
	most := 1 << 20
	if slices.Contains([]string{"generate_image", "upload_image", "create_source"}, c.op.ID) { // which take a file
		most = 21 << 20
	}
	body := func(status int, text string) way { return with(status, func(c *call) { c.body = text }) }
	ways := []way{
		with(401, func(c *call) { c.key = "" }),
		with(403, func(c *call) { c.key = w.powerless }),
		body(400, `{"`),
		body(413, `{"text":"`+strings.Repeat("x", most)+`"}`),
		with(415, func(c *call) { c.body, c.header["Content-Type"] = "{}", "text/plain" }),
		body(422, `{"nothing_such":1}`),
		with(507, func(c *call) { c.header["Idempotency-Key"] = w.unused(fullDisk) }),
		with(412, func(c *call) { c.header["If-Match"] = `"0"` }),
	}
	if len(c.op.Parameters) > 0 {
		ways = append(ways, with(422, func(c *call) { c.params["nothing_such"] = "1" }))
	}
	return ways
}

// wrongTool does the same with a tool, for the statuses that depend on its arguments.
func (w *walker) wrongTool(t *testing.T, c call) {
	t.Helper()
	powerless := c
	powerless.key = w.powerless
	if c.op.documents(http.StatusForbidden) {
		w.seeTool(t, powerless, nil, http.StatusForbidden)
	}
	w.seeTool(t, c, map[string]any{"nothing_such": 1}, http.StatusUnprocessableEntity)
	if lost, ok := lostOf(t, c); ok {
		w.seeTool(t, lost, nil, http.StatusNotFound)
	}
}

// lostOf is the call with ids that nothing has; false where the operation has no 404.
func lostOf(t *testing.T, c call) (call, bool) {
	t.Helper()
	if !c.op.documents(http.StatusNotFound) {
		return c, false
	}
	c.params = maps.Clone(c.params)
	for _, p := range c.op.inPath() {
		if c.params[p.Name] = "none-such"; p.Schema.kind() == "integer" {
			c.params[p.Name] = "999999"
		}
	}
	if len(c.op.inPath()) == 0 {
		lost, ok := absent[c.op.ID]
		if !ok {
			t.Errorf("%s documents 404 and has no path to be wrong: say in absent what it does not find", c.op.ID)
			return c, false
		}
		if name, value, ok := strings.Cut(lost.with, "="); ok {
			c.params[name] = value
		}
		if lost.body != "" {
			c.body = lost.body
		}
	}
	return c, true
}

// wrongTypes gives each field of the body a value of another type: the error names it.
func (w *walker) wrongTypes(t *testing.T, c call) {
	t.Helper()
	if c.op.RequestBody == nil {
		return
	}
	for name, s := range c.op.RequestBody.Content["application/json"].Schema.Properties {
		var wrong any = "text"
		switch s.kind() {
		case "string", "array", "object":
			wrong = 12
		case "":
			continue
		}
		fields := map[string]any{}
		if err := json.Unmarshal([]byte(c.body), &fields); err != nil {
			t.Fatalf("%s: %v in %s", c.op.ID, err, c.body)
		}
		fields[name] = wrong
		raw, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		mistyped := c
		mistyped.body = string(raw)
		a := w.see(t, mistyped, http.StatusUnprocessableEntity)
		var failure struct {
			Error struct{ Details map[string][]string }
		}
		if err := json.Unmarshal(a.raw, &failure); err != nil || len(failure.Error.Details[name]) == 0 {
			t.Errorf("%s: the error of a %s of another type does not name it: %s", c.op.ID, name, a.raw)
		}
	}
}
