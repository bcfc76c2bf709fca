package ops

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/domain"
)

type part struct {
	Kind domain.OriginKind `json:"kind"`
}

type sizes struct {
	Name     string            `json:"name" limit:"company_name"`
	Body     *string           `json:"body,omitempty" limit:"reason"`
	Tags     []string          `json:"tags,omitempty" limit:"keywords"`
	Wait     int               `json:"wait,omitempty" limit:"wait"`
	Priority domain.Priority   `json:"priority,omitempty"`
	Scopes   []domain.Scope    `json:"scopes,omitempty" limit:"key_scopes"`
	Status   domain.ItemStatus `json:"status,omitempty" enum:"ready,published"`
	Part     *part             `json:"part,omitempty"`
}

// TestSchemasReadTheDomain holds that limits and values in a schema are those of domain.
func TestSchemasReadTheDomain(t *testing.T) {
	s := NewSchemas().Inline(reflect.TypeFor[sizes]())
	p := s.Properties
	if n := p["name"]; *n.MinLength != 1 || *n.MaxLength != domain.LimitCompanyName.Max {
		t.Errorf("name: %d to %d", *n.MinLength, *n.MaxLength)
	}
	if b := p["body"]; b.MinLength != nil || *b.MaxLength != domain.LimitReason.Max || b.Nullable {
		t.Errorf("body: %+v", b)
	}
	if l := p["tags"]; *l.MaxItems != domain.LimitKeywords.Max || *l.Items.MaxLength != domain.LimitKeywords.Each ||
		l.Nullable {
		t.Errorf("tags: %+v", l)
	}
	if w := p["wait"]; *w.Minimum != 0 || *w.Maximum != float64(domain.LimitWait.Max) {
		t.Errorf("wait: %v to %v", *w.Minimum, *w.Maximum)
	}
	for field, want := range map[string][]string{
		"priority": domain.Priority("").Values(),
		"scopes":   domain.Scope("").Values(),
		"status":   {"ready", "published"}, // a tag may allow fewer
	} {
		values := p[field].Enum
		if p[field].Items != nil {
			values = p[field].Items.Enum
		}
		if got := words(values); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", field, got, want)
		}
	}
	if got := words(p["part"].Properties["kind"].Enum); !reflect.DeepEqual(got, domain.OriginKind("").Values()) {
		t.Errorf("part.kind: %v", got)
	}
}

func TestUnknownLimitsPanic(t *testing.T) {
	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "nothing_of_the_kind") {
			t.Errorf("recovered %v", p)
		}
	}()
	NewSchemas().Inline(reflect.TypeFor[struct {
		X string `json:"x" limit:"nothing_of_the_kind"`
	}]())
}

func TestRowsNeedAScope(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a row without a scope was made")
		}
	}()
	NewEmpty(Op{Name: "open"}, func(context.Context, struct{}) error { return nil })
}

// TestStoredAnswersAreTyped renders the answer of a claimed call from the context, as a
// verb does, with secrets left out.
func TestStoredAnswersAreTyped(t *testing.T) {
	type secret struct{ Name, Key string }
	row := NewRedacted(
		Op{Name: "make", Scope: domain.ScopeAdmin, IdempotencyKey: true, ETag: true, Route: Route{Status: 201}},
		func(ctx context.Context, _ struct{}) (secret, error) {
			c, ok, err := domain.ClaimFrom[secret](ctx)
			if !ok || err != nil {
				t.Fatalf("claim %v %v", ok, err)
			}
			a, err := c.Render(secret{"x", "hidden"})
			want := `{"success":true,"data":{"Name":"x","Key":""}}`
			if err != nil || string(a.Body) != want || a.Status != 201 || a.Headers["Etag"] == "" ||
				a.Headers["Location"] != "/x" {
				t.Errorf("%v %d %s %v", err, a.Status, a.Body, a.Headers)
			}
			if _, _, err := domain.ClaimFrom[int](ctx); err == nil {
				t.Error("a claim was found for another type")
			}
			return secret{}, nil
		},
		func(r *Reply, s secret) secret { r.Location = "/x"; return s },
		func(s secret) secret { s.Key = ""; return s },
		secret{},
	)
	call, err := row.DecodeArguments(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/make", nil)
	r.Header.Set("Idempotency-Key", `"once"`)
	ctx, err := row.Claim(t.Context(), call, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := call.Do(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestWhoGetsAStream(t *testing.T) {
	writes := Op{Stream: &StreamDocs{}, whole: true}
	reads := Op{Stream: &StreamDocs{}, whole: true, Hints: Hints{ReadOnly: true}}
	only := Op{Stream: &StreamDocs{}}
	for _, c := range []struct {
		accept, last        string
		writes, reads, only bool
	}{
		{"", "", true, false, true},
		{"application/json", "", false, false, true},
		{"application/json, text/event-stream", "", true, true, true},
		{"text/event-stream", "", true, true, true},
		{"application/json, text/event-stream;q=0", "", false, false, true},
		{"application/json, text/event-stream; q=0.0", "", false, false, true},
		{"application/*", "", false, false, true},
		{"application/json;q=0.5, text/event-stream", "", true, true, true},
		{"application/json, text/event-stream;q=0.5", "", false, false, true},
		{"APPLICATION/JSON", "", false, false, true},
		{"application/json, text/plain, */*", "", false, false, true},
		{"*/*", "", true, false, true},
		{"text/*", "", true, true, true},
		{"text/*;q=0.3, application/json;q=0.2", "", true, true, true},
		{"text/html, */*;q=0.8", "", true, false, true},
		{"application/json;q=high", "", false, false, true},
		{"", "42-7", true, true, true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("Accept", c.accept)
		if c.last != "" {
			r.Header.Set("Last-Event-ID", c.last)
		}
		if got := writes.WantsStream(r); got != c.writes {
			t.Errorf("%+v: a row that writes streams: %v", c, got)
		}
		if got := reads.WantsStream(r); got != c.reads {
			t.Errorf("%+v: a row that reads streams: %v", c, got)
		}
		if !only.WantsStream(r) {
			t.Errorf("%+v: a row that only streams does not", c)
		}
	}
}

func TestParseJSON(t *testing.T) {
	for body, says := range map[string]string{
		`{"a":1,"a":2}`: `The field "a" appears twice`,
		`{"a":1} x`:     "after the JSON value",
		"\"\xff\"":      "not valid UTF-8",
		"[1,":           "ends too early",
		strings.Repeat("[", 40) + strings.Repeat("]", 40): "deeper than 32",
		"[" + strings.Repeat("1,", 10_000) + "1]":         "more than 10000 items",
	} {
		if _, err := ParseJSON([]byte(body)); domain.CodeOf(err) != domain.CodeBadRequest ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("%.20s: %v", body, err)
		}
	}
	v, err := ParseJSON([]byte(`{"n":12345678901234567890}`))
	if m, _ := v.(map[string]any); err != nil || m["n"] != json.Number("12345678901234567890") {
		t.Errorf("%v %v", v, err)
	}
}

func TestHalvesOfSurrogatePairs(t *testing.T) {
	for text, ok := range map[string]bool{
		`"\ud83d\udc1d"`: true, `"\uD83D\uDC1D!"`: true, `"\\ud83d"`: true, `"\\\\udc1d"`: true, `"\u0041\n\"\u00e9"`: true,
		`"\ud83d"`: false, `"\udc1d"`: false, `"\ud83d\ud83d\udc1d"`: false, `"\ud83d \udc1d"`: false, `"\\\ud83d"`: false,
		`{"\udc1d":1}`: false, `"\ud83d\\udc1d"`: false,
	} {
		if _, err := ParseJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

type counting struct {
	N    int      `json:"n,omitempty" default:"3"`
	P    *int64   `json:"p,omitempty" null:"clears"`
	L    []int    `json:"l,omitempty"`
	F    *float64 `json:"f,omitempty"`
	Free Object   `json:"free,omitempty"`
}

// TestNumbersAndNullsAreDecoded looks at what a verb gets.
func TestNumbersAndNullsAreDecoded(t *testing.T) {
	five, none, half := int64(5), int64(0), 0.5
	for args, want := range map[string]counting{
		`{}`:                                    {N: 3},
		`{"n":null}`:                            {N: 3},
		`{"n":5.0}`:                             {N: 5},
		`{"n":-0.0}`:                            {N: 0},
		`{"p":5e0}`:                             {N: 3, P: &five},
		`{"p":null}`:                            {N: 3, P: &none},
		`{"l":[1.0,2e1,30e-1],"f":0.5}`:         {N: 3, L: []int{1, 20, 3}, F: &half},
		`{"f":null,"l":null}`:                   {N: 3},
		`{"free":{"b":null,"a":[null,1.50]}}`:   {N: 3, Free: Object(`{"b":null,"a":[null,1.50]}`)},
		`{"free":{"b":1.0,"a":null},"n":null}`:  {N: 3, Free: Object(`{"a":null,"b":1}`)},
		"\ufeff" + `{"free":{"b":"<&>"},"n":4}`: {N: 4, Free: Object(`{"b":"<&>"}`)},
	} {
		var got counting
		row := New(Op{Name: "count", Scope: domain.ScopeRead, Route: Route{Method: "POST"}},
			func(_ context.Context, in counting) (counting, error) { got = in; return in, nil },
			func(_ *Reply, c counting) counting { return c }, counting{})
		call, err := row.DecodeArguments([]byte(args))
		if err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		if _, err := call.Do(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v %v, want %+v", args, got, err, want)
		}
	}
}

func TestCodingsAreWeighed(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "*": true, "*;q=0": false,
		"*, gzip;q=0": false, "identity": false, "deflate, br": false, "x-gzip": true, "gzip;q=0.001": true,
		"gzip; Q=0": false,
	} {
		if got := AcceptsCoding([]string{accept}, "gzip").Quality > 0; got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

// TestValuesOfAMapAreChecked: a map says of what type its values are.
func TestValuesOfAMapAreChecked(t *testing.T) {
	s := NewSchemas().Inline(reflect.TypeFor[struct {
		Policy map[string]string `json:"policy"`
	}]())
	var p domain.Problems
	check(s, map[string]any{"policy": map[string]any{"a": "block", "b": true, "c": nil}}, "", &p)
	fields := domain.AsError(p.Err()).Fields
	if len(fields) != 2 || fields["policy.b"] == nil || fields["policy.c"] == nil {
		t.Errorf("faults %v", fields)
	}
}

// Whatever is written of a value, texts with < and > read as they were written.
func TestNothingIsEscapedForHTML(t *testing.T) {
	const text = `a < b && "c" > d`
	value := text
	var b bytes.Buffer
	err := Encode(&b, map[string]any{"maybe": Maybe[string]{Value: &value}, "built": MustEncode(text)})
	if want := `{"built":"a < b && \"c\" > d","maybe":"a < b && \"c\" > d"}`; err != nil || b.String() != want {
		t.Errorf("%s, %v", &b, err)
	}
}
