package stability

import (
	"fmt"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/image"
	"vellocity/internal/image/imagetest"
)

func TestNonsense(t *testing.T) {
	imagetest.Nonsense(t, Kind(),
		`{"image":"iVBORw0KGgo=","finish_reason":"SUCCESS","seed":1}`,
		`{"image":"iVBORw0KGgo=","finish_reason":"CONTENT_FILTERED","seed":1}`,
		`{"id":"1","name":"content_moderation","errors":["e"]}`,
		`{"id":"1","name":"bad","errors":["e"]}`,
	)
}

func TestSuite(t *testing.T) {
	imagetest.Suite(t, Kind(), func(message string) string {
		return fmt.Sprintf(`{"id":"1","name":"bad_request","errors":[%q]}`, message)
	})
}

func ok(t *testing.T) imagetest.Step {
	data := imagetest.Base64(imagetest.PNG(t, 8, 8))
	return imagetest.Step{Body: fmt.Sprintf(`{"image":%q,"finish_reason":"SUCCESS","seed":7}`, data)}
}

func TestPicture(t *testing.T) {
	d := imagetest.New(t, ok(t))
	seed := int64(4294967294)
	out, err := d.Client(Kind()).Generate(t.Context(), image.Request{
		Description: "a lighthouse", Negative: "people", Preset: "line-art", Width: 1200, Height: 628, Seed: &seed,
	}, nil)
	if err != nil || out.List[0].State() != domain.ImageOK || *out.List[0].Seed != 7 {
		t.Fatalf("%+v, %v", out, err)
	}
	a := d.Asked()[0]
	for name, want := range map[string]string{
		"prompt": "a lighthouse", "negative_prompt": "people", "style_preset": "line-art", "aspect_ratio": "16:9",
		"seed": "4294967294", "output_format": "png", "model": "sd3.5-large", "mode": "text-to-image",
	} {
		if a.Fields[name] != want {
			t.Errorf("%s: %v, want %s", name, a.Fields[name], want)
		}
	}
	if a.Path != "/v2beta/stable-image/generate/sd3" || a.Header.Get("Authorization") != "Bearer "+imagetest.Key {
		t.Errorf("%s %v", a.Path, a.Header)
	}
}

// The service and the fields depend on the task and the model.
func TestPaths(t *testing.T) {
	source, err := image.Verify(imagetest.PNG(t, 16, 16))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		request image.Request
		path    string
		absent  string // a field that would be an error
	}{
		"core":  {image.Request{Model: "core", Description: "x"}, "generate/core", "model"},
		"ultra": {image.Request{Model: "ultra", Description: "x"}, "generate/ultra", "mode"},
		"from a picture": {
			image.Request{Task: domain.ImageFromImage, Description: "x", Source: &source, Width: 9, Height: 9}, "generate/sd3", "aspect_ratio",
		},
		"from a picture with core": {
			image.Request{Model: "core", Task: domain.ImageFromImage, Description: "x", Source: &source}, "generate/sd3", "model",
		},
		"larger":              {image.Request{Task: domain.ImageUpscale, Source: &source}, "upscale/fast", "prompt"},
		"larger, with a text": {image.Request{Task: domain.ImageUpscale, Description: "x", Source: &source}, "upscale/conservative", "mode"},
	} {
		t.Run(name, func(t *testing.T) {
			d := imagetest.New(t, ok(t))
			if _, err := d.Client(Kind()).Generate(t.Context(), tt.request, nil); err != nil {
				t.Fatal(err)
			}
			a := d.Asked()[0]
			if !strings.HasSuffix(a.Path, "/stable-image/"+tt.path) {
				t.Errorf("%s, want %s", a.Path, tt.path)
			}
			if _, ok := a.Fields[tt.absent]; ok {
				t.Errorf("it has %s", tt.absent)
			}
			if (a.Files["image"] != nil) != (tt.request.Source != nil) {
				t.Error("the picture is wrong")
			}
		})
	}
}

func TestModeration(t *testing.T) {
	blurred := imagetest.Base64(imagetest.PNG(t, 8, 8))
	for name, tt := range map[string]struct {
		step  imagetest.Step
		stage domain.ModerationStage
	}{
		"a blurred picture with status 200": {
			imagetest.Step{Body: fmt.Sprintf(`{"image":%q,"finish_reason":"CONTENT_FILTERED","seed":1}`, blurred)}, domain.ModeratedOutput,
		},
		"the description": {
			imagetest.Step{Status: 403, Body: `{"id":"1","name":"content_moderation","errors":["flagged"]}`}, domain.ModeratedInput,
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := imagetest.New(t, tt.step).Client(Kind()).Generate(t.Context(), image.Request{Description: "x"}, nil)
			if err != nil || out.List[0].State() != domain.ImageModerated || out.List[0].Moderated.Stage != tt.stage {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}
