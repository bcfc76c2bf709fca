// Package ideogram gets pictures from Ideogram, by version 3 of its API.
package ideogram

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/image"
)

const (
	label = "Ideogram"
	// inParallel is how many requests the provider takes at once; more are a 429 without
	// a word on how long to wait.
	inParallel = 10
	atOnce     = 8
)

// ratios are those that the API takes.
var ratios = []string{
	"1x1", "16x9", "9x16", "16x10", "10x16", "3x2", "2x3", "4x3", "3x4", "5x4", "4x5", "2x1", "1x2", "3x1", "1x3",
}

// Kind returns the kind.
func Kind() image.Kind {
	return image.Kind{
		Slug:     "ideogram",
		Label:    label,
		BaseURL:  "https://api.ideogram.ai",
		Model:    "ideogram-v3",
		Hosts:    []string{"ideogram.ai", ".ideogram.ai"},
		Tasks:    []domain.ImageTask{domain.ImageFromText},
		AtOnce:   atOnce,
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
	body, err := form(r)
	if err != nil {
		return image.Answer{}, err
	}
	res, err := p.x.Post(ctx, strings.TrimRight(p.BaseURL, "/")+"/v1/ideogram-v3/generate",
		http.Header{"Api-Key": {p.Key.Reveal()}}, body)
	if err != nil {
		return image.Answer{}, err
	}
	if !res.OK() {
		return p.refused(res)
	}
	return p.read(res)
}

func form(r image.Request) (image.Body, error) {
	f := image.NewForm()
	f.Set("prompt", r.Prompt())
	f.Set("negative_prompt", r.Negative)
	f.Set("aspect_ratio", image.NearestRatio(r.Width, r.Height, ratios))
	f.Set("num_images", strconv.Itoa(r.Number()))
	f.Set("style_type", strings.ToUpper(r.Preset))
	if r.High {
		f.Set("rendering_speed", "QUALITY")
	}
	if r.Seed != nil {
		f.Set("seed", strconv.FormatInt(*r.Seed, 10))
	}
	return f.Body()
}

func (p provider) read(res image.Response) (image.Answer, error) {
	var in struct {
		Data []struct {
			URL    string `json:"url"`
			Safe   *bool  `json:"is_image_safe"`
			Prompt string `json:"prompt"`
			Seed   *int64 `json:"seed"`
		} `json:"data"`
	}
	if err := p.x.Decode(res, &in); err != nil {
		return image.Answer{}, err
	}
	a := image.Answer{RequestID: res.Header.Get("X-Request-Id")}
	for _, d := range in.Data {
		one := image.Result{URL: d.URL, Prompt: d.Prompt, Seed: d.Seed}
		// An unsafe picture comes with the status 200, as a rule without an address.
		if d.Safe != nil && !*d.Safe {
			one = image.Result{Moderated: image.NewModeration(domain.ModeratedOutput)}
		}
		a.Results = append(a.Results, one)
	}
	if len(a.Results) == 0 {
		return a, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": it sent no picture")
	}
	return a, nil
}

func (p provider) refused(res image.Response) (image.Answer, error) {
	var in struct {
		Error string `json:"error"`
	}
	_ = p.x.Decode(res, &in) // a proxy's error has no JSON; its status says enough
	if res.Status == http.StatusUnprocessableEntity && strings.Contains(strings.ToLower(in.Error), "safety check") {
		return image.Answer{Moderated: image.NewModeration(domain.ModeratedInput)}, nil
	}
	return image.Answer{}, p.x.Refused(res, in.Error)
}
