package ops

import (
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
	Body     *string           `json:"body,omitempty" limit:"body"`
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
	if b := p["body"]; b.MinLength != nil || *b.MaxLength != domain.LimitBody.Max || b.Nullable {
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
