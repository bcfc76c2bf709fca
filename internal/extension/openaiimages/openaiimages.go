// Package openaiimages gets pictures by OpenAI's Images API, and by servers that speak it.
package openaiimages

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/image"
)

const (
	label = "OpenAI"
	host  = "api.openai.com"
	// inParallel is our own bound: OpenAI limits pictures by the minute, by account.
	inParallel = 8
	// atOnce keeps a response within what is read of one.
	atOnce = 4
)

// Kind returns the kind.
func Kind() image.Kind {
	return image.Kind{
		Slug:     "openai",
		Label:    label,
		BaseURL:  "https://" + host + "/v1",
		Model:    "gpt-image-2",
		Tasks:    []domain.ImageTask{domain.ImageFromText, domain.ImageFromImage},
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

// retired reports whether OpenAI itself no longer has the model. Another server may.
func (p provider) retired(model string) bool {
	u, err := url.Parse(p.BaseURL)
	return err == nil && u.Hostname() == host && legacy(model)
}

// legacy reports whether a model takes the parameters of DALL-E.
func legacy(model string) bool { return strings.HasPrefix(model, "dall-e") }

func (p provider) submit(ctx context.Context, r image.Request) (image.Answer, error) {
	if p.retired(r.Model) {
		return image.Answer{}, p.x.Failed(ai.KindRequest, image.AgainNever,
			": OpenAI retired "+r.Model+" on 12 May 2026; use gpt-image-2")
	}
	path, fields := "/images/generations", p.fields(r)
	asked, shrink := size(r)
	fields["size"] = asked
	body, err := p.body(&path, r, fields)
	if err != nil {
		return image.Answer{}, err
	}
	h := http.Header{}
	if key := p.Key.Reveal(); key != "" {
		h.Set("Authorization", "Bearer "+key)
	}
	res, err := p.x.Post(ctx, strings.TrimRight(p.BaseURL, "/")+path, h, body)
	if err != nil {
		return image.Answer{}, err
	}
	if !res.OK() {
		return p.refused(res)
	}
	a, err := p.read(res)
	a.ShrinkTo = shrink
	return a, err
}

// fields are the parameters of a request, as text.
func (p provider) fields(r image.Request) map[string]string {
	f := map[string]string{
		"model": r.Model, "prompt": r.PromptWithout(), "quality": "medium", "output_format": "png",
		"safety_identifier": r.User,
	}
	if r.High {
		f["quality"] = "high"
	}
	if legacy(r.Model) {
		delete(f, "safety_identifier")
		delete(f, "output_format")
		f["response_format"], f["quality"] = "b64_json", "standard"
		if r.High {
			f["quality"] = "hd"
		}
	}
	return f
}

// body writes the fields: as JSON, or with a picture as a form, which has another path.
func (p provider) body(path *string, r image.Request, fields map[string]string) (image.Body, error) {
	if r.Task == domain.ImageFromImage {
		*path = "/images/edits"
		form := image.NewForm()
		for name, value := range fields {
			form.Set(name, value)
		}
		form.Set("n", strconv.Itoa(r.Number()))
		form.File("image", *r.Source)
		return form.Body()
	}
	all := map[string]any{"n": r.Number()}
	for name, value := range fields {
		if value != "" {
			all[name] = value
		}
	}
	return image.JSON(all)
}

// The sizes that OpenAI takes, in pixels: both edges are multiples of step, the longer one at
// most three times the other.
const (
	step        = 16
	mostRatio   = 3
	mostLonger  = 3840
	mostShorter = 2160
	usualEdge   = 1024 // below it a picture is made larger, and scaled down here
)

// size returns the size to ask for, empty where none is wished for, and the longer edge to
// scale the result down to, 0 where it stays as it is.
func size(r image.Request) (asked string, shrink int) {
	w, h := r.Width, r.Height
	if w <= 0 || h <= 0 {
		return "", 0
	}
	if legacy(r.Model) {
		return fmt.Sprintf("%dx%d", w, h), 0
	}
	longer, shorter := float64(max(w, h)), float64(min(w, h))
	if longer < usualEdge {
		shrink = max(w, h)
		longer, shorter = usualEdge, shorter*usualEdge/longer
	}
	shorter = max(shorter, longer/mostRatio)
	fit := min(1, mostLonger/longer, mostShorter/shorter)
	short := (int(shorter*fit+0.999) + step - 1) / step * step
	short = min(short, mostShorter)
	long := max(int(longer*fit)/step*step, short)
	if w == h {
		short = long
	}
	if w >= h {
		return fmt.Sprintf("%dx%d", long, short), shrink
	}
	return fmt.Sprintf("%dx%d", short, long), shrink
}

func (p provider) read(res image.Response) (image.Answer, error) {
	var in struct {
		Data []struct {
			B64     string `json:"b64_json"`
			URL     string `json:"url"`
			Revised string `json:"revised_prompt"`
		} `json:"data"`
		Usage struct {
			Input  int64 `json:"input_tokens"`
			Output int64 `json:"output_tokens"`
		} `json:"usage"`
	}
	if err := p.x.Decode(res, &in); err != nil {
		return image.Answer{}, err
	}
	a := image.Answer{
		RequestID: res.Header.Get("X-Request-Id"),
		Usage:     image.Usage{InputTokens: in.Usage.Input, OutputTokens: in.Usage.Output},
	}
	for _, d := range in.Data {
		data, err := base64.StdEncoding.DecodeString(d.B64)
		if err != nil {
			return image.Answer{}, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": a picture is not base64")
		}
		a.Results = append(a.Results, image.Result{Data: data, URL: d.URL, Prompt: d.Revised})
	}
	if len(a.Results) == 0 {
		// Some servers drop what their filter holds back, without a word.
		return a, p.x.Failed(ai.KindAnswer, image.AgainNever, ": it sent no picture; its filter may have held it back")
	}
	return a, nil
}

var (
	blocked    = []string{"moderation_blocked", "content_policy_violation"}
	violations = regexp.MustCompile(`safety_violations=\[([^\]]*)\]`)
)

type details struct {
	Stage      domain.ModerationStage `json:"moderation_stage"`
	Categories []string               `json:"categories"`
}

// refused reads an error: {"error": {type, code, message}}, and for moderation the stage and
// categories, beside the error or within it.
func (p provider) refused(res image.Response) (image.Answer, error) {
	var in struct {
		Error struct {
			Type    string  `json:"type"`
			Code    string  `json:"code"`
			Message string  `json:"message"`
			Details details `json:"moderation_details"`
		} `json:"error"`
		Details details `json:"moderation_details"`
	}
	_ = p.x.Decode(res, &in) // a proxy's error has no JSON; its status says enough
	e := in.Error
	if !slices.Contains(blocked, e.Code) {
		return image.Answer{}, p.x.Refused(res, strings.Join(strings.Fields(e.Code+" "+e.Message), " "))
	}
	d := e.Details
	if d.Stage == "" && len(d.Categories) == 0 {
		d = in.Details
	}
	if m := violations.FindStringSubmatch(e.Message); len(d.Categories) == 0 && m != nil {
		d.Categories = strings.Split(m[1], ",")
	}
	if d.Stage != domain.ModeratedInput && d.Stage != domain.ModeratedOutput {
		d.Stage = domain.ModeratedUnknown
	}
	return image.Answer{Moderated: image.NewModeration(d.Stage, d.Categories...)}, nil
}
