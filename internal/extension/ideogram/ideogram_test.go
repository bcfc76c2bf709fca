package ideogram

import (
	"fmt"
	"slices"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/image"
	"vellocity/internal/image/imagetest"
)

func TestNonsense(t *testing.T) {
	imagetest.Nonsense(t, Kind(),
		`{"data":[{"url":"https://ideogram.ai/1","is_image_safe":true,"prompt":"p","seed":1},{"url":"","`+
			`is_image_safe":false}]}`,
		`{"error":"failed the safety checks"}`,
		`{"error":"e"}`,
	)
}

func TestSuite(t *testing.T) {
	imagetest.Suite(t, Kind(), func(message string) string { return fmt.Sprintf(`{"error":%q}`, message) })
}

// One of three pictures is unsafe, one lies elsewhere: each has an outcome of its own.
func TestEachPictureByItself(t *testing.T) {
	d := imagetest.New(t, imagetest.Step{Body: `{"created":"2026-11-29","data":[
		{"url":"{url}/1.png?sig=x","is_image_safe":true,"prompt":"a tall lighthouse","resolution":"8x8","seed":5},
		{"url":"","is_image_safe":false,"prompt":"x","seed":6},
		{"url":"https://ideogram.ai.evil.example/2.png","is_image_safe":true,"seed":7}]}`},
		imagetest.Step{Data: imagetest.JPEG(t, 8, 8)})
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{
		Description: "a lighthouse", Negative: "people", Preset: "design", High: true, Width: 1600, Height: 1000, Count: 3,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var states []domain.ImageOutcome
	for _, o := range out.List {
		states = append(states, o.State())
	}
	if !slices.Equal(states, []domain.ImageOutcome{domain.ImageOK, domain.ImageModerated, domain.ImageFailed}) {
		t.Errorf("%v", states)
	}
	first := out.List[0]
	if first.Picture.Format != domain.ImageJPEG || *first.Seed != 5 || first.Prompt != "a tall lighthouse" {
		t.Errorf("%+v", first)
	}
	imagetest.Safe(t, out.List[2].Failure.Message)
	a := d.Asked()
	for name, want := range map[string]string{
		"prompt": "a lighthouse", "negative_prompt": "people", "style_type": "DESIGN", "rendering_speed": "QUALITY",
		"aspect_ratio": "16x10", "num_images": "3",
	} {
		if a[0].Fields[name] != want {
			t.Errorf("%s: %v, want %s", name, a[0].Fields[name], want)
		}
	}
	if a[0].Header.Get("Api-Key") != imagetest.Key || a[1].Header.Get("Api-Key") != "" {
		t.Error("the key goes to the API, and not with a download")
	}
}

func TestModeratedDescription(t *testing.T) {
	const refused = `{"error":"Prompt or provided image failed the safety checks"}`
	d := imagetest.New(t, imagetest.Step{Status: 422, Body: refused})
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x", Count: 2}, nil)
	if err != nil || len(out.List) != 2 || out.List[0].Moderated.Stage != domain.ModeratedInput {
		t.Errorf("%+v, %v", out, err)
	}
}

// There is nothing to poll: a picture that is gone takes another submission.
func TestExpired(t *testing.T) {
	d := imagetest.New(t, imagetest.Step{Body: `{"data":[{"url":"{url}/1.png","is_image_safe":true}]}`},
		imagetest.Step{Status: 410})
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{Description: "x"}, nil)
	if err != nil || out.List[0].Failure == nil || out.List[0].Failure.Again != image.AgainSubmit {
		t.Errorf("%+v, %v", out, err)
	}
}
