// Package stability gets pictures by the Stable Image API (v2beta) of Stability AI.
package stability

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/image"
)

const (
	label = "Stability AI"
	// inParallel keeps well below the 150 requests in 10 seconds that are allowed.
	inParallel = 8
	// usualStrength is for image-to-image, where the API demands one.
	usualStrength = 0.6
)

// ratios are the aspect ratios that the API takes; it takes no sizes.
var ratios = []string{"1:1", "16:9", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"}

// Kind returns the kind.
func Kind() image.Kind {
	return image.Kind{
		Slug:     "stability",
		Label:    label,
		BaseURL:  "https://api.stability.ai",
		Model:    "sd3.5-large",
		Tasks:    []domain.ImageTask{domain.ImageFromText, domain.ImageFromImage, domain.ImageUpscale},
		AtOnce:   1,
		Parallel: inParallel,
		Connect: func(c image.Config) image.Service {
			p := provider{c, image.Exchange{Provider: label, HTTP: c.HTTP, Key: c.Key}}
			return image.Service{Submit: p.submit}
		},
	}
}

type provider struct {
	image.Config
	x image.Exchange
}

func (p provider) submit(ctx context.Context, r image.Request) (image.Answer, error) {
	path, body, err := form(r)
	if err != nil {
		return image.Answer{}, err
	}
	res, err := p.x.Post(ctx, strings.TrimRight(p.BaseURL, "/")+path, http.Header{
		"Authorization": {"Bearer " + p.Key.Reveal()},
		"Accept":        {"application/json"},
	}, body)
	if err != nil {
		return image.Answer{}, err
	}
	if !res.OK() {
		return p.refused(res)
	}
	return p.read(res)
}

// form writes a request. The API reads multipart forms only.
func form(r image.Request) (path string, b image.Body, err error) {
	f := image.NewForm()
	f.Set("prompt", r.Prompt())
	f.Set("negative_prompt", r.Negative)
	f.Set("output_format", "png")
	if r.Seed != nil {
		f.Set("seed", strconv.FormatInt(*r.Seed, 10))
	}
	switch {
	case r.Task == domain.ImageUpscale && strings.TrimSpace(r.Description) == "":
		path = "/v2beta/stable-image/upscale/fast" // needs no text
		f.File("image", *r.Source)
	case r.Task == domain.ImageUpscale:
		path = "/v2beta/stable-image/upscale/conservative"
		f.File("image", *r.Source)
	default:
		path = generate(f, r)
	}
	b, err = f.Body()
	return path, b, err
}

// generate adds what depends on the model, and returns its path: core, ultra, or one of the
// sd3 family, which alone begins with a picture in every version.
func generate(f *image.Form, r image.Request) string {
	name := "sd3"
	if r.Model == "core" || r.Model == "ultra" {
		name = r.Model
	}
	if r.Task != domain.ImageFromImage {
		f.Set("aspect_ratio", image.NearestRatio(r.Width, r.Height, ratios))
		f.Set("style_preset", r.Preset)
	} else {
		if name == "core" {
			name = "sd3" // core has no image-to-image
		}
		strength := r.Strength
		if strength <= 0 {
			strength = usualStrength
		}
		// The result has the ratio of the source; naming one is an error.
		f.File("image", *r.Source)
		f.Set("strength", strconv.FormatFloat(min(strength, 1), 'f', -1, 64))
	}
	if name == "sd3" {
		f.Set("mode", string(r.Task))
		if strings.HasPrefix(r.Model, "sd3") {
			f.Set("model", r.Model)
		}
	}
	return "/v2beta/stable-image/generate/" + name
}

// filtered is the finish reason of a picture that the filter has blurred. It comes with the
// status 200.
const filtered = "CONTENT_FILTERED"

func (p provider) read(res image.Response) (image.Answer, error) {
	var in struct {
		Image  string `json:"image"`
		Finish string `json:"finish_reason"`
		Seed   *int64 `json:"seed"`
	}
	if err := p.x.Decode(res, &in); err != nil {
		return image.Answer{}, err
	}
	a := image.Answer{RequestID: res.Header.Get("X-Request-Id")}
	if in.Finish == filtered {
		a.Moderated = image.NewModeration(domain.ModeratedOutput)
		return a, nil
	}
	data, err := base64.StdEncoding.DecodeString(in.Image)
	switch {
	case err != nil:
		return a, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": the picture is not base64")
	case len(data) == 0:
		return a, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": it sent no picture")
	}
	a.Results = []image.Result{{Data: data, Seed: in.Seed}}
	return a, nil
}

// moderation are the names of errors that come from a filter.
var moderation = []string{"content_moderation", "content_filtered"}

func (p provider) refused(res image.Response) (image.Answer, error) {
	var in struct {
		Name   string   `json:"name"`
		Errors []string `json:"errors"`
	}
	_ = p.x.Decode(res, &in) // a proxy's error has no JSON; its status says enough
	if slices.Contains(moderation, in.Name) {
		return image.Answer{Moderated: image.NewModeration(domain.ModeratedInput)}, nil
	}
	return image.Answer{}, p.x.Refused(res, strings.TrimSpace(in.Name+" "+strings.Join(in.Errors, "; ")))
}
