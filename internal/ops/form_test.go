package ops

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/domain"
)

type filled struct {
	Kind   string   `json:"kind" limit:"slug"`
	Count  int      `json:"count,omitempty" limit:"results"`
	Share  *float64 `json:"share,omitempty"`
	Tags   []string `json:"tags,omitempty"`
	Fields Object   `json:"fields,omitempty" open:"true"`
}

func formRow(forms bool, seen *filled) Op {
	return New(Op{
		Name: "fill", Route: Route{Method: http.MethodPost, Path: "/fill"}, Scope: domain.ScopeRead, IdempotencyKey: true,
		Forms: forms,
	}, func(_ context.Context, in filled) (int, error) { *seen = in; return 0, nil },
		func(_ *Reply, n int) int { return n }, 0)
}

func multipartBody(t *testing.T, fields ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// A caller may say the same as JSON, with its further fields inside or beside, and as either kind of form.
func TestAnOpenObjectIsFilledFromEveryKindOfBody(t *testing.T) {
	form, formType := multipartBody(t, "kind", "faq", "count", "2", "tags", "a", "title", "Re & turns",
		"share", "", "list", "x", "list", "y")
	for name, c := range map[string]struct{ body, contentType string }{
		"JSON, inside":   {`{"kind":"faq","count":2,"tags":["a"],"fields":{"list":["x","y"],"title":"Re & turns"}}`, "application/json"},
		"JSON, beside":   {`{"kind":"faq","title":"Re & turns","count":2,"tags":["a"],"list":["x","y"]}`, "application/json"},
		"JSON, both":     {`{"kind":"faq","title":"Re & turns","count":2.0,"tags":["a"],"fields":{"list":["x","y"]}}`, "application/json"},
		"multipart":      {form, formType},
		"URL-encoded":    {"kind=faq&count=2&tags=a&title=Re+%26+turns&list=x&list=y", URLEncodedForm},
		"with a charset": {"kind=faq&count=2&tags=a&title=Re+%26+turns&list=x&list=y", URLEncodedForm + "; charset=UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			var got filled
			o := formRow(true, &got)
			r := httptest.NewRequest(http.MethodPost, "/api/v1/fill", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.contentType)
			call, _, err := o.DecodeRequest(httptest.NewRecorder(), r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := call.Do(t.Context()); err != nil {
				t.Fatal(err)
			}
			fields := string(got.Fields)
			got.Fields = nil
			if want := (filled{Kind: "faq", Count: 2, Tags: []string{"a"}}); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v", got)
			}
			if fields != `{"list":["x","y"],"title":"Re & turns"}` && fields != `{"list":["x","y"],"title":"Re \u0026 turns"}` {
				t.Errorf("fields %s", fields)
			}
		})
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	var file bytes.Buffer
	w := multipart.NewWriter(&file)
	if _, err := w.CreateFormFile("title", "a.txt"); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	form, formType := multipartBody(t, "kind", "faq")
	many := make([]string, 0, 500)
	for range 250 {
		many = append(many, "tags", "x")
	}
	full, fullType := multipartBody(t, many...)
	for name, c := range map[string]struct {
		body, contentType string
		code              domain.Code
		says              string
	}{
		"a file":            {file.String(), w.FormDataContentType(), domain.CodeBadRequest, "is a file"},
		"no boundary":       {form, MultipartForm, domain.CodeBadRequest, "boundary"},
		"cut":               {form[:len(form)-8], formType, domain.CodeBadRequest, "too early"},
		"many fields":       {full, fullType, domain.CodeBadRequest, "more than 200"},
		"not UTF-8":         {"kind=%ff", URLEncodedForm, domain.CodeBadRequest, "UTF-8"},
		"malformed":         {"kind=%zz", URLEncodedForm, domain.CodeBadRequest, "malformed"},
		"a number":          {"kind=faq&count=two", URLEncodedForm, domain.CodeValidation, "count"},
		"twice":             {"kind=faq&kind=post", URLEncodedForm, domain.CodeValidation, "kind"},
		"inside no object":  {`{"kind":"faq","fields":7,"title":"x"}`, "application/json", domain.CodeValidation, "fields"},
		"beside and inside": {`{"kind":"faq","fields":{"a":1},"a":2}`, "application/json", domain.CodeValidation, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			var got filled
			o := formRow(true, &got)
			r := httptest.NewRequest(http.MethodPost, "/api/v1/fill", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.contentType)
			_, _, err := o.DecodeRequest(httptest.NewRecorder(), r)
			if domain.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	var got filled
	o := formRow(false, &got)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/fill", strings.NewReader("kind=faq"))
	r.Header.Set("Content-Type", URLEncodedForm)
	if _, _, err := o.DecodeRequest(httptest.NewRecorder(), r); domain.CodeOf(err) != domain.CodeUnsupportedMediaType {
		t.Errorf("a row that takes no form: %v", err)
	}
}

// Two forms that say the same are one call under an Idempotency-Key, whatever their boundaries.
func TestFormsOfOneMeaningAreOneCall(t *testing.T) {
	var raws []string
	for range 2 {
		body, contentType := multipartBody(t, "title", "x", "kind", "faq")
		var got filled
		o := formRow(true, &got)
		r := httptest.NewRequest(http.MethodPost, "/api/v1/fill", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		_, raw, err := o.DecodeRequest(httptest.NewRecorder(), r)
		if err != nil {
			t.Fatal(err)
		}
		raws = append(raws, string(raw))
	}
	if raws[0] != raws[1] {
		t.Errorf("%q, then %q", raws[0], raws[1])
	}
}
