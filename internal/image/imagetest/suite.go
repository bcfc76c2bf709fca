package imagetest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/image"
)

// Suite checks what every provider does alike when a submission fails. Errors have the form
// that body gives a message.
func Suite(t *testing.T, k image.Kind, body func(message string) string) {
	t.Helper()
	said := body("the key " + Key + " at https://inside.example/x is bad")
	tests := map[string]struct {
		step  Step
		kind  ai.Kind
		again image.Again
		after time.Duration
	}{
		"no credit":     {Step{Status: 402, Body: said}, ai.KindQuota, image.AgainNever, 0},
		"key":           {Step{Status: 401, Body: said}, ai.KindAuth, image.AgainNever, 0},
		"forbidden":     {Step{Status: 403, Body: said}, ai.KindAuth, image.AgainNever, 0},
		"bad field":     {Step{Status: 400, Body: said}, ai.KindRequest, image.AgainNever, 0},
		"not processed": {Step{Status: 422, Body: said}, ai.KindRequest, image.AgainNever, 0},
		"rate":          {Step{Status: 429, Body: said}, ai.KindRate, image.AgainSubmit, 0},
		"rate with a wait": {
			Step{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, ai.KindRate, image.AgainSubmit, 7 * time.Second,
		},
		"a wait of years": {
			Step{Status: 503, Header: http.Header{"Retry-After": {"99999999999"}}},
			ai.KindTransient, image.AgainSubmit, time.Hour,
		},
		"fault":      {Step{Status: 500, Body: said}, ai.KindTransient, image.AgainSubmit, 0},
		"overload":   {Step{Status: 503}, ai.KindTransient, image.AgainSubmit, 0},
		"a web page": {Step{Status: 502, Body: "<html>bad gateway</html>"}, ai.KindTransient, image.AgainSubmit, 0},
		"a redirect": {
			Step{Status: 302, Header: http.Header{"Location": {"https://x.example"}}}, ai.KindAnswer, image.AgainNever, 0,
		},
		"not JSON":    {Step{Body: "<html>welcome</html>"}, ai.KindAnswer, image.AgainSubmit, 0},
		"cut":         {Step{Cut: true}, ai.KindTransient, image.AgainSubmit, 0},
		"nothing":     {Step{Body: "{}"}, ai.KindAnswer, image.AgainSubmit, 0},
		"empty array": {Step{Body: `{"data":[]}`}, ai.KindAnswer, image.AgainSubmit, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := New(t, tt.step)
			_, err := d.Client(k).Generate(t.Context(), image.Request{Description: "a lighthouse"}, nil)
			f := Failure(t, err)
			if f.Kind != tt.kind || f.After != tt.after {
				t.Errorf("kind %s, after %s; want %s, %s", f.Kind, f.After, tt.kind, tt.after)
			}
			// A provider may hold an empty answer for its filter's word: no other try then.
			if f.Again != tt.again && (tt.kind != ai.KindAnswer || f.Again != image.AgainNever) {
				t.Errorf("again %d, want %d", f.Again, tt.again)
			}
			if f.Unclear != tt.step.Cut {
				t.Errorf("unclear: %v", f.Unclear)
			}
			Safe(t, f.Message)
		})
	}
	t.Run("nobody listens", func(t *testing.T) { nobodyListens(t, k) })
	t.Run("given up", func(t *testing.T) { givenUp(t, k) })
}

// nobodyListens: nothing was sent, so nothing can have been charged.
func nobodyListens(t *testing.T, k image.Kind) {
	d := New(t)
	c := d.Client(k)
	d.Close()
	_, err := c.Generate(t.Context(), image.Request{Description: "a lighthouse"}, nil)
	if f := Failure(t, err); f.Kind != ai.KindTransient || f.Again != image.AgainSubmit || f.Unclear {
		t.Errorf("%+v", f)
	}
}

func givenUp(t *testing.T, k image.Kind) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := New(t).Client(k).Generate(ctx, image.Request{Description: "a lighthouse"}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Failure returns the failure that err is.
func Failure(t *testing.T, err error) *image.Failure {
	t.Helper()
	var f *image.Failure
	if !errors.As(err, &f) {
		t.Fatalf("%v is no failure", err)
	}
	return f
}

// Safe checks that a message shows neither the key nor an address.
func Safe(t *testing.T, message string) {
	t.Helper()
	safe(t, message)
}

func safe(t interface{ Errorf(string, ...any) }, message string) {
	if strings.Contains(message, Key) || strings.Contains(message, "://") {
		t.Errorf("the message shows a key or an address: %s", message)
	}
}
