package image_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"vellocity/internal/domain"
	. "vellocity/internal/image" //nolint:revive // the package has the name of the standard one
	"vellocity/internal/image/imagetest"
	"vellocity/internal/outbound"
)

// scripted is a kind whose functions a test writes.
func scripted(s Service) Kind {
	return Kind{
		Slug: "scripted", Label: "Scripted", Tasks: []domain.ImageTask{domain.ImageFromText, domain.ImageFromImage},
		AtOnce: 2, Parallel: 3, Connect: func(Config) Service { return s },
	}
}

// The places of a provider bound what is in flight: submitted, polled and resumed alike.
func TestPlaces(t *testing.T) {
	data := imagetest.PNG(t, 4, 4)
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		count := func(by int64) {
			n := now.Add(by)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
		}
		polls := map[string]*atomic.Int64{"a": {}, "b": {}, "c": {}, "d": {}, "e": {}, "f": {}, "g": {}, "h": {}}
		c := NewClient(Options{Kind: scripted(Service{
			Submit: func(_ context.Context, r Request) (Answer, error) {
				count(1)
				return Answer{Ticket: &Ticket{ID: r.Description, URL: "https://scripted.example/"}}, nil
			},
			Poll: func(_ context.Context, ticket Ticket) (Answer, error) {
				if polls[ticket.ID].Add(1) < 3 {
					return Answer{Ticket: &ticket}, nil
				}
				count(-1)
				return Answer{Results: []Result{{Data: data}}}, nil
			},
		})})
		done := make(chan Outcomes)
		for id := range polls {
			go func() {
				out, err := c.Generate(t.Context(), Request{Description: id}, nil)
				if err != nil {
					t.Error(err)
				}
				done <- out
			}()
		}
		for range polls {
			if out := <-done; len(out.List) != 1 || out.List[0].State() != domain.ImageOK {
				t.Errorf("%+v", out)
			}
		}
		if most.Load() != 3 {
			t.Errorf("%d were in flight at once, want 3", most.Load())
		}
	})
}

// A request to stop ends the polling at once, after the ticket was stored.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := NewClient(Options{Kind: scripted(Service{
			Submit: func(context.Context, Request) (Answer, error) {
				cancel() // while the request is on the wire
				return Answer{Ticket: &Ticket{ID: "a", URL: "https://scripted.example/"}}, nil
			},
			Poll: func(context.Context, Ticket) (Answer, error) { t.Error("polled"); return Answer{}, nil },
		})})
		stored := false
		_, err := c.Generate(ctx, Request{Description: "x"}, func(Ticket) error { stored = true; return nil })
		if !errors.Is(err, context.Canceled) || !stored {
			t.Errorf("%v, stored %v", err, stored)
		}
	})
}

// By the clock, a task that never ends is given up after ten minutes, and can be resumed.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		polls := 0
		c := NewClient(Options{Kind: scripted(Service{
			Submit: func(context.Context, Request) (Answer, error) {
				return Answer{Ticket: &Ticket{ID: "a", URL: "https://scripted.example/"}}, nil
			},
			Poll: func(_ context.Context, ticket Ticket) (Answer, error) {
				polls++
				return Answer{Ticket: &ticket}, nil
			},
		})})
		_, err := c.Generate(t.Context(), Request{Description: "x"}, nil)
		f := imagetest.Failure(t, err)
		if f.Kind != "timeout" || f.Again != AgainPoll || polls < 100 || polls > 200 {
			t.Errorf("%+v after %d polls", f, polls)
		}
	})
}

func TestWhatCannotBeAsked(t *testing.T) {
	c := NewClient(Options{Kind: scripted(Service{Submit: func(context.Context, Request) (Answer, error) {
		t.Error("submitted")
		return Answer{}, nil
	}})})
	for name, r := range map[string]Request{
		"has no upscale":          {Task: domain.ImageUpscale},
		"at most 2 pictures":      {Count: 3},
		"no picture to begin wit": {Task: domain.ImageFromImage},
	} {
		_, err := c.Generate(t.Context(), r, nil)
		if f := imagetest.Failure(t, err); f.Retryable() || !strings.Contains(f.Message, name) {
			t.Errorf("%+v, want %q", f, name)
		}
	}
	_, err := c.Resume(t.Context(), Ticket{ID: "a", URL: "https://scripted.example/"})
	if f := imagetest.Failure(t, err); f.Again != AgainSubmit {
		t.Errorf("%+v", f)
	}
}

// An address of the provider that leads into this network is not followed.
func TestDownloadsAreGuarded(t *testing.T) {
	d := imagetest.New(t)
	o := d.Options(scripted(Service{Submit: func(context.Context, Request) (Answer, error) {
		return Answer{Results: []Result{{URL: d.URL + "/1.png"}}}, nil
	}}))
	o.Download = outbound.Policy{HTTP: true}.Client()
	out, err := NewClient(o).Generate(t.Context(), Request{Description: "x"}, nil)
	if err != nil || out.List[0].Failure == nil || !errors.Is(out.List[0].Failure, outbound.ErrRefused) {
		t.Errorf("%+v, %v", out, err)
	}
	if len(d.Asked()) > 0 {
		t.Error("the address was read")
	}
}

func TestDownloads(t *testing.T) {
	picture := imagetest.PNG(t, 4, 4)
	redirect := imagetest.Step{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}}
	for name, tt := range map[string]struct {
		steps []imagetest.Step
		again Again
		ok    bool
	}{
		"one fault":      {[]imagetest.Step{{Status: 503}, {Data: picture}}, 0, true},
		"only faults":    {[]imagetest.Step{{Status: 500}, {Status: 502}, {Status: 429}, {Status: 503}, {Status: 500}}, AgainSubmit, false},
		"a redirect":     {[]imagetest.Step{redirect}, AgainNever, false},
		"a wrong method": {[]imagetest.Step{{Status: 405}}, AgainNever, false},
		"gone":           {[]imagetest.Step{{Status: 404}}, AgainSubmit, false},
		"empty":          {[]imagetest.Step{{}}, AgainSubmit, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := imagetest.New(t, tt.steps...)
			k := scripted(Service{Submit: func(context.Context, Request) (Answer, error) {
				return Answer{Results: []Result{{URL: d.URL + "/1.png"}}}, nil
			}})
			out, err := d.Client(k).Generate(t.Context(), Request{Description: "x"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			o := out.List[0]
			if tt.ok != (o.State() == domain.ImageOK) || !tt.ok && o.Failure.Again != tt.again {
				t.Errorf("%+v", o)
			}
			if len(d.Asked()) != len(tt.steps) {
				t.Errorf("%d requests, want %d", len(d.Asked()), len(tt.steps))
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for count, want := range map[int][]int{0: nil, 1: {1}, 2: {2}, 5: {2, 2, 1}} {
		if got := (Kind{AtOnce: 2}).Split(count); !slices.Equal(got, want) {
			t.Errorf("%d: %v", count, got)
		}
	}
	if got := (Kind{}).Split(2); !slices.Equal(got, []int{1, 1}) {
		t.Errorf("%v", got)
	}
}

// A ticket survives the database.
func TestTicketAsJSON(t *testing.T) {
	cost := int64(45_000)
	want := Ticket{"a", "https://api.example/x", 1, "m", domain.ImageFromText, &cost, "v"}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Ticket
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Names from outside are cleaned before anybody sees them.
func TestCategories(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, strings.Repeat("x", i))
	}
	if m := NewModeration(domain.ModeratedOutput, many...); len(m.Categories) != 20 {
		t.Errorf("%d", len(m.Categories))
	}
	m := NewModeration(domain.ModeratedInput, " Violence\n", "violence", "", strings.Repeat("ü", 99),
		"at https://x.example/y")
	if len(m.Categories) != 3 || m.Categories[0] != "violence" || len([]rune(m.Categories[1])) != 60 ||
		strings.Contains(m.Words(), "://") {
		t.Errorf("%q", m.Categories)
	}
}
