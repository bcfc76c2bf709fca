// Package bfl gets pictures from the FLUX models of Black Forest Labs. A request is taken
// first, and its result polled at an address that the provider names.
package bfl

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/image"
)

const (
	label = "Black Forest Labs"
	// inParallel is how many tasks the provider takes at once.
	inParallel = 24
)

// Kind returns the kind for FLUX models that begin with a text, and with a picture as well.
func Kind() image.Kind {
	k := image.Kind{
		Slug:     "bfl",
		Label:    label,
		BaseURL:  "https://api.bfl.ai",
		Model:    "flux-2-pro",
		Hosts:    []string{".bfl.ai"}, // one for each region
		Tasks:    []domain.ImageTask{domain.ImageFromText, domain.ImageFromImage},
		AtOnce:   1,
		Parallel: inParallel,
	}
	// The base URL decides which hosts get the key: the kind is complete before it connects.
	k.Connect = func(c image.Config) image.Service {
		p := provider{c, image.Exchange{Provider: label, HTTP: c.HTTP, Key: c.Key}, k}
		return image.Service{Submit: p.submit, Poll: p.poll}
	}
	return k
}

type provider struct {
	image.Config
	x    image.Exchange
	kind image.Kind
}

func (p provider) header() http.Header { return http.Header{"X-Key": {p.Key.Reveal()}} }

func (p provider) submit(ctx context.Context, r image.Request) (image.Answer, error) {
	body, err := image.JSON(fields(r))
	if err != nil {
		return image.Answer{}, err
	}
	res, err := p.x.Post(ctx, strings.TrimRight(p.BaseURL, "/")+"/v1/"+url.PathEscape(r.Model), p.header(), body)
	if err != nil {
		return image.Answer{}, err
	}
	if !res.OK() {
		return p.refused(res)
	}
	var in struct {
		ID   string   `json:"id"`
		URL  string   `json:"polling_url"`
		Cost *float64 `json:"cost"`
	}
	if err := p.x.Decode(res, &in); err != nil {
		return image.Answer{}, err
	}
	if in.ID == "" {
		return image.Answer{}, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": it gave the request no id")
	}
	address := in.URL
	if address == "" {
		address = strings.TrimRight(p.BaseURL, "/") + "/v1/get_result"
	}
	if !p.kind.Allowed(address, p.Config) {
		return image.Answer{}, p.foreign()
	}
	return image.Answer{Ticket: &image.Ticket{
		ID: in.ID, URL: withID(address, in.ID), MicroUSD: cost(in.Cost), PriceVersion: "bfl-credits",
	}}, nil
}

// foreign is for a polling address that leads elsewhere: it would get the key.
func (p provider) foreign() *image.Failure {
	return p.x.Failed(ai.KindAnswer, image.AgainNever, ": its polling address is not one of its own hosts")
}

// withID adds the id of a task to a polling address that lacks it.
func withID(address, id string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	if q.Get("id") == "" {
		q.Set("id", id)
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// cost turns the provider's credits into millionths of a dollar: one is a cent.
func cost(credits *float64) *int64 {
	const microUSD, most = 10_000, 1e6
	if credits == nil || *credits < 0 || *credits > most {
		return nil
	}
	n := int64(math.Round(*credits * microUSD))
	return &n
}

// The sizes that the models take, in pixels.
const (
	multiple = 32
	least    = 256
	most     = 1920
	mostPro1 = 1440 // of flux-pro-1.1
)

var ratios = []string{"1:1", "16:9", "9:16", "21:9", "9:21", "4:3", "3:4", "3:2", "2:3"}

// fields writes a request.
func fields(r image.Request) map[string]any {
	f := map[string]any{"prompt": r.PromptWithout(), "output_format": "png"}
	if r.Seed != nil {
		f["seed"] = *r.Seed
	}
	if r.Source != nil {
		f["input_image"] = base64.StdEncoding.EncodeToString(r.Source.Data)
	}
	if r.Width <= 0 || r.Height <= 0 {
		return f
	}
	if strings.Contains(r.Model, "kontext") || strings.HasSuffix(r.Model, "ultra") {
		f["aspect_ratio"] = image.NearestRatio(r.Width, r.Height, ratios)
		return f
	}
	f["width"], f["height"] = fit(r.Width, r.Height, r.Model)
	return f
}

// fit scales a size down until both edges are allowed.
func fit(width, height int, model string) (w, h int) {
	bound := most
	if strings.HasPrefix(model, "flux-pro-1.1") {
		bound = mostPro1
	}
	scale := min(1, float64(bound)/float64(max(width, height)))
	edge := func(n int) int {
		n = int(math.Round(float64(n)*scale/multiple)) * multiple
		return min(max(n, least), bound)
	}
	return edge(width), edge(height)
}

// task is what a poll returns. All states but Pending are final.
type task struct {
	Status string `json:"status"`
	State  string `json:"state"` // some answers say it so
	Result *struct {
		Sample string `json:"sample"`
		Seed   *int64 `json:"seed"`
	} `json:"result"`
	Details json.RawMessage `json:"details"`
}

func (p provider) poll(ctx context.Context, t image.Ticket) (image.Answer, error) {
	if !p.kind.Allowed(t.URL, p.Config) {
		return image.Answer{}, p.foreign()
	}
	res, err := p.x.Get(ctx, t.URL, p.header())
	if err != nil {
		return image.Answer{}, err
	}
	var in task
	if !res.OK() {
		_ = p.x.Decode(res, &in)
		if in.Status == notFound || res.Status == http.StatusNotFound {
			return p.lost()
		}
		a, err := p.refused(res)
		return a, pollAgain(err)
	}
	if err := p.x.Decode(res, &in); err != nil {
		return image.Answer{}, pollAgain(err)
	}
	return p.result(t, in)
}

const notFound = "Task not found"

// lost is for a task that the provider no longer knows.
func (p provider) lost() (image.Answer, error) {
	return image.Answer{}, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": it no longer knows the request")
}

// pollAgain makes of what is worth another submission what is worth another poll: the task
// is still there.
func pollAgain(err error) error {
	if f, ok := err.(*image.Failure); ok && f.Again == image.AgainSubmit { //nolint:errorlint // it is not wrapped
		f.Again = image.AgainPoll
	}
	return err
}

func (p provider) result(t image.Ticket, in task) (image.Answer, error) {
	status := in.Status
	if status == "" {
		status = in.State
	}
	switch status {
	case "Pending", "Queued", "Processing":
		return image.Answer{Ticket: &t}, nil
	case "Ready":
		if in.Result == nil || in.Result.Sample == "" {
			return image.Answer{}, p.x.Failed(ai.KindAnswer, image.AgainSubmit, ": it is ready, but names no picture")
		}
		return image.Answer{Results: []image.Result{{URL: in.Result.Sample, Seed: in.Result.Seed}}}, nil
	case "Request Moderated":
		return image.Answer{Moderated: image.NewModeration(domain.ModeratedInput, reasons(in.Details)...)}, nil
	case "Content Moderated":
		return image.Answer{Moderated: image.NewModeration(domain.ModeratedOutput, reasons(in.Details)...)}, nil
	case notFound:
		return p.lost()
	case "Error", "Failed":
		return image.Answer{}, p.x.Failed(ai.KindTransient, image.AgainSubmit, ": it says that the request failed")
	}
	return image.Answer{}, p.x.Failed(ai.KindAnswer, image.AgainNever, ": its status is not known here")
}

// reasons collects the texts of lists in the details, such as {"Moderation Reasons": [...]}.
func reasons(details json.RawMessage) (list []string) {
	var all map[string]any
	_ = json.Unmarshal(details, &all) // details that are no object have no reasons
	for _, v := range all {
		several, _ := v.([]any)
		for _, one := range several {
			if text, ok := one.(string); ok {
				list = append(list, text)
			}
		}
	}
	slices.Sort(list)
	return list
}

func (p provider) refused(res image.Response) (image.Answer, error) {
	var in struct {
		Detail json.RawMessage `json:"detail"`
	}
	_ = p.x.Decode(res, &in) // a proxy's error has no JSON; its status says enough
	return image.Answer{}, p.x.Refused(res, words(in.Detail))
}

// words reads a detail: a text, or a list of faults with a message each.
func words(detail json.RawMessage) string {
	var text string
	if json.Unmarshal(detail, &text) == nil {
		return text
	}
	var faults []struct {
		Msg string `json:"msg"`
		Loc []any  `json:"loc"`
	}
	_ = json.Unmarshal(detail, &faults)
	var all []string
	for _, f := range faults {
		if n := len(f.Loc); n > 0 { // the path to the field, its name last
			f.Msg = fmt.Sprintf("%v: %s", f.Loc[n-1], f.Msg)
		}
		all = append(all, f.Msg)
	}
	return strings.Join(all, "; ")
}
