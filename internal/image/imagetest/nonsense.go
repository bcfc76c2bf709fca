package imagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/image"
)

// roundTrip is a network of one function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Nonsense checks a provider that gives one of its answers, given in JSON, when another is
// due, and damages them. Whatever comes, a call ends, each picture that was asked for has
// one outcome, and no message shows the key.
func Nonsense(t *testing.T, k image.Kind, answers ...string) {
	t.Helper()
	parsed := make([]any, len(answers))
	for i, text := range answers {
		if err := json.Unmarshal([]byte(text), &parsed[i]); err != nil {
			t.Fatal(err)
		}
	}
	picture := PNG(t, 2, 2)
	rapid.Check(t, func(t *rapid.T) {
		const most = 30 // polls, until time runs out
		left := most
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			body, err := json.Marshal(damage(t, rapid.SampledFrom(parsed).Draw(t, "answer")))
			if err != nil {
				return nil, err
			}
			if r.Header.Get("Accept") == "" { // a download
				body = picture
			}
			return &http.Response{
				StatusCode: rapid.SampledFrom([]int{200, 200, 200, 200, 201, 302, 400, 403, 404, 422, 429, 500}).Draw(t, "status"),
				Header:     http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
			}, nil
		})}
		c := image.NewClient(image.Options{
			Kind: k, Config: image.Config{Key: domain.Secret(Key), HTTP: client}, Download: client,
			Wait: func(context.Context, time.Duration) error {
				if left--; left < 0 {
					return context.DeadlineExceeded
				}
				return nil
			},
		})
		out, err := c.Generate(t.Context(), image.Request{Description: "x", Count: k.AtOnce}, nil)
		sane(t, k, out, err)
	})
}

func sane(t *rapid.T, k image.Kind, out image.Outcomes, err error) {
	if err != nil {
		f, ok := err.(*image.Failure) //nolint:errorlint // it is not wrapped
		if !ok {
			t.Fatalf("%v is no failure", err)
		}
		safe(t, f.Message)
		return
	}
	if len(out.List) != k.AtOnce {
		t.Fatalf("%d outcomes for %d pictures", len(out.List), k.AtOnce)
	}
	for _, o := range out.List {
		set := 0
		for _, is := range []bool{o.Picture != nil, o.Moderated != nil, o.Failure != nil} {
			if is {
				set++
			}
		}
		if set != 1 {
			t.Fatalf("an outcome that is %d things: %+v", set, o)
		}
		if o.Failure != nil {
			safe(t, o.Failure.Message)
		}
		if o.Moderated != nil {
			safe(t, o.Moderated.Words())
		}
	}
}

// damage returns a JSON value in which here and there something is gone, or is another
// value than it was.
func damage(t *rapid.T, v any) any {
	if rapid.IntRange(0, 9).Draw(t, "damaged") == 0 {
		return rapid.SampledFrom([]any{
			nil, true, false, -1.5, 1e300, 7, "", "x", Key, "https://inside.example/" + Key, "null", []any{}, map[string]any{},
			[]any{nil, "x", 3}, map[string]any{"x": []any{"y"}},
		}).Draw(t, "other")
	}
	switch v := v.(type) {
	case []any:
		var list []any
		for _, one := range v {
			list = append(list, damage(t, one))
		}
		return list
	case map[string]any:
		fields := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if rapid.IntRange(0, 14).Draw(t, "gone") > 0 {
				fields[name] = damage(t, v[name])
			}
		}
		return fields
	}
	return v
}
