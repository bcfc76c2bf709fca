package bfl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/image"
	"vellocity/internal/image/imagetest"
)

func TestNonsense(t *testing.T) {
	imagetest.Nonsense(t, Kind(),
		`{"id":"1","polling_url":"https://api.bfl.ai/v1/x","cost":3.5,"status":"Pending"}`,
		`{"id":"1","status":"Pending","polling_url":"https://api.bfl.ai/v1/x?id=2"}`,
		`{"id":"1","status":"Ready","result":{"sample":"https://delivery.bfl.ai/1","seed":1}}`,
		`{"id":"1","state":"Content Moderated","details":{"Moderation Reasons":["a","b"]}}`,
		`{"id":"1","status":"Task not found"}`,
		`{"detail":[{"loc":["body","x"],"msg":"m"}]}`,
		`{"detail":"d"}`,
	)
}

func TestSuite(t *testing.T) {
	imagetest.Suite(t, Kind(), func(message string) string { return fmt.Sprintf(`{"detail":%q}`, message) })
}

func step(body string) imagetest.Step { return imagetest.Step{Body: body} }

var (
	taken   = step(`{"id":"t-1","polling_url":"{url}/v1/get_result?id=t-1","cost":4.5,"input_mp":0,"output_mp":1}`)
	pending = step(`{"id":"t-1","status":"Pending","result":null}`)
	ready   = step(`{"id":"t-1","status":"Ready","result":{"sample":"{url}/out.png?sig=x","seed":9,"duration":2.1}}`)
)

// try runs one generation, and returns the ticket that was stored.
func try(t *testing.T, steps ...imagetest.Step) (*imagetest.Double, image.Outcomes, *image.Ticket, error) {
	t.Helper()
	d := imagetest.New(t, steps...)
	var stored *image.Ticket
	r := image.Request{Description: "a lighthouse", Width: 1024, Height: 768}
	out, err := d.Client(Kind()).Generate(t.Context(), r,
		func(ticket image.Ticket) error {
			if n := len(d.Asked()); n != 1 {
				t.Errorf("the ticket is stored after %d requests", n)
			}
			stored = &ticket
			return nil
		})
	return d, out, stored, err
}

func TestSubmitPollDownload(t *testing.T) {
	d, out, stored, err := try(t, taken, pending, step(`{"state":"Pending"}`), imagetest.Step{Status: 503}, ready,
		imagetest.Step{Status: 500}, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
	if err != nil || out.List[0].State() != domain.ImageOK || *out.List[0].Seed != 9 {
		t.Fatalf("%+v, %v", out, err)
	}
	want := domain.Cost{MicroUSD: 45_000, PriceVersion: "bfl-credits", Known: true}
	if out.Cost != want || *stored.MicroUSD != want.MicroUSD || stored.ID != "t-1" || out.RequestID != "t-1" {
		t.Errorf("cost %+v, ticket %+v", out.Cost, stored)
	}
	a := d.Asked()
	if a[0].Path != "/v1/flux-2-pro" || a[0].Fields["width"] != 1024.0 || a[0].Fields["height"] != 768.0 {
		t.Errorf("%s %v", a[0].Path, a[0].Fields)
	}
	for i, r := range a {
		if sent := r.Header.Get("X-Key") == imagetest.Key; sent != (i < 5) {
			t.Errorf("request %d, %s: key sent %v", i, r.Path, sent)
		}
	}
}

// After a restart the stored ticket is enough, and nothing is submitted again.
func TestResume(t *testing.T) {
	d := imagetest.New(t, pending, ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
	text := strings.ReplaceAll(`{"id":"t-1","url":"{url}/v1/get_result?id=t-1","count":1,`+
		`"model":"flux-2-pro","task":"text-to-image","micro_usd":45000}`, "{url}", d.URL)
	var ticket image.Ticket
	if err := json.Unmarshal([]byte(text), &ticket); err != nil {
		t.Fatal(err)
	}
	out, err := d.Client(Kind()).Resume(t.Context(), ticket)
	if err != nil || out.List[0].State() != domain.ImageOK || out.Cost.MicroUSD != 45_000 || out.Model != "flux-2-pro" {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, r := range d.Asked() {
		if r.Method != "GET" {
			t.Errorf("%s %s", r.Method, r.Path)
		}
	}
}

func TestTicketThatCannotBeStored(t *testing.T) {
	d := imagetest.New(t, taken)
	full := errors.New("disk full")
	refuse := func(image.Ticket) error { return full }
	_, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x"}, refuse)
	if !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

func TestModeration(t *testing.T) {
	for status, stage := range map[string]domain.ModerationStage{
		"Request Moderated": domain.ModeratedInput, "Content Moderated": domain.ModeratedOutput,
	} {
		for details, want := range map[string][]string{
			`{"Moderation Reasons":["Violence","Derivative Works Filter"]}`: {"derivative works filter", "violence"},
			`null`: nil, `"none"`: nil, `{"a":[1]}`: nil,
		} {
			last := step(fmt.Sprintf(`{"status":%q,"result":null,"details":%s}`, status, details))
			_, out, _, err := try(t, taken, pending, last)
			if err != nil || out.List[0].State() != domain.ImageModerated {
				t.Fatalf("%s: %+v, %v", status, out, err)
			}
			if m := out.List[0].Moderated; m.Stage != stage || !slices.Equal(m.Categories, want) {
				t.Errorf("%s, %s: %+v", status, details, m)
			}
		}
	}
}

// Every state but Pending is final: none is polled to the end of time.
func TestFinalFailures(t *testing.T) {
	for name, tt := range map[string]struct {
		step  imagetest.Step
		kind  ai.Kind
		again image.Again
	}{
		"error":           {step(`{"status":"Error"}`), ai.KindTransient, image.AgainSubmit},
		"failed":          {step(`{"state":"Failed"}`), ai.KindTransient, image.AgainSubmit},
		"not found":       {step(`{"status":"Task not found"}`), ai.KindAnswer, image.AgainSubmit},
		"not found, 404":  {imagetest.Step{Status: 404, Body: `{"status":"Task not found"}`}, ai.KindAnswer, image.AgainSubmit},
		"a new status":    {step(`{"status":"Archived"}`), ai.KindAnswer, image.AgainNever},
		"no sample":       {step(`{"status":"Ready","result":{}}`), ai.KindAnswer, image.AgainSubmit},
		"no credit":       {imagetest.Step{Status: 402}, ai.KindQuota, image.AgainNever},
		"key was revoked": {imagetest.Step{Status: 403}, ai.KindAuth, image.AgainNever},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, stored, err := try(t, taken, tt.step)
			if f := imagetest.Failure(t, err); f.Kind != tt.kind || f.Again != tt.again {
				t.Errorf("%+v", f)
			}
			if stored == nil {
				t.Error("no ticket")
			}
		})
	}
}

// A poll that keeps failing gives the failure to the job, which has the ticket.
func TestPollFails(t *testing.T) {
	steps := []imagetest.Step{taken}
	for range 5 {
		steps = append(steps, imagetest.Step{Status: 429})
	}
	_, _, _, err := try(t, steps...)
	if f := imagetest.Failure(t, err); f.Kind != ai.KindRate || f.Again != image.AgainPoll {
		t.Errorf("%+v", f)
	}
	_, _, _, err = try(t, taken, step(`{`), step(`<html>`), imagetest.Step{Status: 500}, step(`[]`), step(``))
	if f := imagetest.Failure(t, err); f.Again != image.AgainPoll {
		t.Errorf("%+v", f)
	}
}

// The time runs out while the provider still works: the ticket stays good.
func TestSlow(t *testing.T) {
	o := imagetest.New(t, taken).Options(Kind())
	o.Wait = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	_, err := image.NewClient(o).Generate(t.Context(), image.Request{Description: "x"}, nil)
	if f := imagetest.Failure(t, err); f.Kind != ai.KindTimeout || f.Again != image.AgainPoll {
		t.Errorf("%+v", f)
	}
}

// An address that has expired is asked for once more.
func TestExpired(t *testing.T) {
	gone := imagetest.Step{Status: 403}
	_, out, _, err := try(t, taken, ready, gone, ready, imagetest.Step{Data: imagetest.PNG(t, 8, 8)})
	if err != nil || out.List[0].State() != domain.ImageOK {
		t.Errorf("%+v, %v", out, err)
	}
	_, out, _, err = try(t, taken, ready, gone, ready, gone)
	if err != nil || out.List[0].Failure == nil || out.List[0].Failure.Again != image.AgainSubmit {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestWrongBytes(t *testing.T) {
	for name, data := range map[string][]byte{
		"a page": []byte("<html>"), "a GIF": []byte("GIF89a"), "half": imagetest.PNG(t, 64, 64)[:80],
		"too long": make([]byte, image.MostBytes+1),
	} {
		t.Run(name, func(t *testing.T) {
			_, out, _, err := try(t, taken, ready, imagetest.Step{Data: data})
			if err != nil || out.List[0].State() != domain.ImageFailed || !out.Cost.Known {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

// The key goes to the provider's own hosts, whatever an answer says.
func TestForeignAddresses(t *testing.T) {
	for _, address := range []string{
		"https://bfl.ai.evil.example/x", "https://notbfl.ai/x", "http://api.bfl.ai/x", "https://api.bfl.ai:8443/x",
		"https://u:p@api.bfl.ai/x", "http://169.254.169.254/x", "file:///etc/passwd", "//evil.example/x", "x",
	} {
		_, _, stored, err := try(t, step(fmt.Sprintf(`{"id":"1","polling_url":%q}`, address)))
		if f := imagetest.Failure(t, err); stored != nil || f.Retryable() {
			t.Errorf("%s: %+v", address, f)
		}
		_, out, _, err := try(t, taken, step(fmt.Sprintf(`{"status":"Ready","result":{"sample":%q}}`, address)))
		if err != nil || out.List[0].Failure == nil {
			t.Fatalf("%s: %+v, %v", address, out, err)
		}
		imagetest.Safe(t, out.List[0].Failure.Message)
	}
	k, c := Kind(), image.Config{}
	for _, address := range []string{
		"https://api.bfl.ai/v1/x", "https://api.eu1.bfl.ai/v1/x", "https://delivery-eu1.bfl.ai:443/x", "https://API.BFL.AI/x",
	} {
		if !k.Allowed(address, c) {
			t.Errorf("%s is refused", address)
		}
	}
}

// A 422 lists the fields that are wrong.
func TestFaultsByField(t *testing.T) {
	_, _, _, err := try(t, imagetest.Step{Status: 422, Body: `{"detail":[` +
		`{"loc":["body","width"],"msg":"must be at most 1920"},{"loc":["body","seed",0],"msg":"no"},{"msg":"bad"}]}`})
	if f := imagetest.Failure(t, err); !strings.Contains(f.Message, "width: must be at most 1920; 0: no; bad") {
		t.Error(f.Message)
	}
}

func TestFields(t *testing.T) {
	source, err := image.Verify(imagetest.PNG(t, 8, 8))
	if err != nil {
		t.Fatal(err)
	}
	seed := int64(3)
	got := fields(image.Request{
		Model: "flux-kontext-pro", Description: "x", Width: 1000, Height: 1500, Source: &source, Seed: &seed,
	})
	if got["aspect_ratio"] != "2:3" || got["width"] != nil || got["seed"] != seed ||
		got["input_image"] != imagetest.Base64(source.Data) {
		t.Errorf("%v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.IntRange(1, 8192)
		model := rapid.SampledFrom([]string{"flux-2-pro", "flux-pro-1.1"}).Draw(t, "m")
		w, h := fit(edge.Draw(t, "w"), edge.Draw(t, "h"), model)
		for _, n := range []int{w, h} {
			if n%multiple != 0 || n < least || n > most {
				t.Errorf("%dx%d", w, h)
			}
		}
	})
}

func TestPollingAddress(t *testing.T) {
	for given, want := range map[string]string{
		"https://api.eu1.bfl.ai/v1/get_result":      "https://api.eu1.bfl.ai/v1/get_result?id=a+b",
		"https://api.eu1.bfl.ai/v1/get_result?id=a": "https://api.eu1.bfl.ai/v1/get_result?id=a",
		"https://api.eu1.bfl.ai/v1/get_result?x=1":  "https://api.eu1.bfl.ai/v1/get_result?id=a+b&x=1",
	} {
		if got := withID(given, "a b"); got != want {
			t.Errorf("%s becomes %s", given, got)
		}
	}
}
