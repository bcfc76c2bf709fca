// Package social writes a post for each chosen network, side by side, within the
// rules of each, and creates an item for each.
package social

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "generate-social-posts"

//go:embed settings.json
var schema []byte

//go:embed post.tmpl
var postTemplate string

// Settings are what a caller says; see settings.json.
type Settings struct {
	Topic        string   `json:"topic"`
	Networks     []string `json:"networks"`
	KeyPoints    []string `json:"key_points,omitempty"`
	Facts        []string `json:"facts,omitempty"`
	CallToAction string   `json:"call_to_action,omitempty"`
	Link         string   `json:"link,omitempty"`
	Keywords     []string `json:"keywords,omitempty"`
	Audience     string   `json:"audience,omitempty"`
	Tone         string   `json:"tone,omitempty"`
	Language     string   `json:"language"`
	BrandVoiceID int64    `json:"brand_voice_id,omitempty"`
	capability.Sourcing

	found int // how many facts, the last ones, are sentences of the workspace's sources
}

// New returns the capability.
func New() capability.Capability {
	s := steps{
		lead: capability.MustPrompt("brief", postTemplate+`{{template "lead" .}}`),
		post: capability.MustPrompt("post", postTemplate+`{{template "task" .}}`),
	}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             2,
			IsFeatured:     true,
			Slug:           Slug,
			Name:           "Social Post Generator",
			Description:    "Write a post for each network, within its length and hashtag rules",
			Category:       domain.CategoryGeneration,
			Credits:        2,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(),
		},
		Tidy:       Settings.tidy,
		Title:      title,
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources: func(_ capability.Input, s Settings) capability.Query {
			return capability.Query{Sourcing: s.Sourcing, Text: strings.Join(append([]string{s.Topic}, s.Keywords...), " ")}
		},
		Compose: func(s Settings, found []string) Settings {
			s.Facts, s.found = append(slices.Clone(s.Facts), found...), len(found)
			return s
		},
		Plan:  plan,
		Steps: map[string]capability.Step[Settings]{"brief": s.brief, "post": s.write},
	})
}

func (s Settings) tidy() Settings {
	s.Topic, s.CallToAction = prose.Line(s.Topic), prose.Line(s.CallToAction)
	return s
}

func title(s Settings) string {
	if s.Topic == "" {
		return "Social posts"
	}
	return prose.Clip(prose.Capital(s.Topic), 120)
}

// plan has a step per network. The price is flat, whatever their number, and the
// first post carries it.
func plan(s Settings) ([]domain.PlanStep, error) {
	out := []domain.PlanStep{{Key: "brief", Name: "Brief", Kind: "brief", DependsOn: []string{}}}
	for i, n := range s.Networks {
		c, ok := channel.BySlug(n)
		if !ok {
			return nil, fmt.Errorf("unknown network %q", n)
		}
		step := domain.PlanStep{Key: "post-" + n, Name: "Post for " + c.Name, Kind: "post", DependsOn: []string{"brief"}}
		if i == 0 {
			step.Credits = 2
		}
		out = append(out, step)
	}
	return out, nil
}

// steps has the prompts: the brief leads, the same for each network.
type steps struct{ lead, post capability.Prompt }

// brief records the settings in order and looks for instructions hidden in them.
func (s steps) brief(_ context.Context, in capability.Input, b Settings) (capability.Result, error) {
	findings := capability.Suspicious(in.Step.Key,
		capability.Given{Setting: "topic", Texts: []string{b.Topic}},
		capability.Given{Setting: "key_points", Texts: b.KeyPoints},
		capability.Given{Setting: "facts", Texts: b.Facts},
		capability.Given{Setting: "context", Texts: []string{in.Background()}},
	)
	return capability.Result{Output: b, Findings: findings, NeedsInput: needs(b)}, nil
}

// needs lists what would improve the posts and was not given, in the language of the posts.
func needs(s Settings) []domain.Need {
	out := []domain.Need{}
	add := func(missing bool, key, field string) {
		if missing {
			out = append(out, compose.Question(s.Language, key, field))
		}
	}
	add(len(s.KeyPoints)+len(s.Facts) == 0, "post points", "key_points")
	add(s.CallToAction == "", "post action", "call_to_action")
	add(len(s.Keywords) == 0, "post keywords", "keywords")
	return out
}

// page is the data of the prompt.
type page struct {
	Settings
	Network    channel.Network
	Background string
	Passages   []domain.Citation
	Room       int // characters without the link
	Tags       int
	Text       string
	Faults     []string

	composed *compose.Post // the last one, where no model writes
}

// roomy is the longest post that reads well where a network allows more, in characters.
const roomy = 1300

func newPage(in capability.Input, settings Settings) (page, error) {
	p := page{Settings: settings, Background: in.Background(), Passages: in.Passages, composed: &compose.Post{}}
	slug := strings.TrimPrefix(in.Step.Key, "post-")
	c, ok := channel.BySlug(slug)
	if !ok {
		return p, fmt.Errorf("unknown network %q", slug)
	}
	p.Network, p.Tags = c, min(c.Hashtags, 5)
	p.Room = min(c.Max, roomy)
	if p.Link != "" {
		p.Room = min(p.Room, c.Max-c.Count("\n\n"+p.Link))
	}
	return p, nil
}

// Post is the output of a step that wrote one.
type Post struct {
	Network    string            `json:"network"`
	Text       string            `json:"text"`
	Characters int               `json:"characters"` // as the network counts them
	Limit      int               `json:"limit"`
	Findings   int               `json:"findings"`
	Prompt     *capability.Trace `json:"prompt,omitempty"`
}

// write has one post written, checks it and puts it on the board.
func (s steps) write(ctx context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	p, err := newPage(in, settings)
	if err != nil {
		return capability.Result{}, err
	}
	text, trace, err := s.ask(ctx, in, p)
	if err != nil {
		return capability.Result{}, err
	}
	g := guard.Input{
		Text: p.withLink(text), Type: domain.ContentSocial, Channel: p.Network.Slug, Language: p.Language,
		Support: append(
			slices.Concat([]string{p.Topic, p.Audience, p.Link, p.Background}, p.Keywords, p.KeyPoints, p.Facts),
			slices.Concat([]string{p.CallToAction}, in.Quotes())...,
		),
		Allowed: []string{p.CallToAction},
	}
	guarded, err := capability.Guard(ctx, in, g, func(ctx context.Context, text string, faults []string) (string, error) {
		p.Text, p.Faults = text, faults
		again, second, err := s.ask(ctx, in, p)
		trace = second
		return p.withLink(again), err
	})
	if err != nil {
		return capability.Result{}, err
	}
	return s.finished(in, p, guarded, trace)
}

func (s steps) ask(ctx context.Context, in capability.Input, p page) (string, capability.Trace, error) {
	req, err := s.request(in, p)
	if err != nil {
		return "", capability.Trace{}, err
	}
	resp, err := in.Write(ctx, capability.Ask{
		Request:    req,
		PromptHash: s.post.Hash,
		Compose: func() (string, error) {
			*p.composed = p.compose(in.BrandVoice)
			return p.composed.Text, nil
		},
	})
	if err != nil {
		return "", capability.Trace{}, err
	}
	text := strings.TrimSpace(resp.Text)
	if in.Origin.Kind == domain.OriginModel {
		text = plain(text, p.allowedTags())
	}
	return text, s.post.Trace(in.Origin, resp), nil
}

// request is what a model is asked. The composer reads no prompt.
func (s steps) request(in capability.Input, p page) (req ai.Request, err error) {
	if in.Origin.Kind != domain.OriginModel {
		return req, nil
	}
	message := ai.Message{Role: ai.RoleUser}
	if message.Lead, err = s.lead.Render(p); err != nil {
		return req, err
	}
	if message.Text, err = s.post.Render(p); err != nil {
		return req, err
	}
	req.Messages = []ai.Message{message}
	req.System, err = capability.System(in.BrandVoice, p.Language)
	return req, err
}

// allowedTags is how many hashtags the post may have: they are made from keywords.
func (p page) allowedTags() int {
	if len(p.Keywords) == 0 {
		return 0
	}
	return p.Tags
}

func (p page) withLink(text string) string {
	if p.Link == "" || strings.Contains(text, p.Link) {
		return text
	}
	return text + "\n\n" + p.Link
}

func (s steps) finished(
	in capability.Input, p page, g capability.Guarded, trace capability.Trace,
) (capability.Result, error) {
	record := map[string]any{
		"statement": capability.Statement(in.Origin),
		"engine":    in.Origin,
		"agent":     in.Agent.Name,
		"steps":     map[string]capability.Trace{in.Step.Key: trace},
		"inputs":    p.Settings,
	}
	needs := needs(p.Settings)
	if unused := p.composed.Unused; len(unused) > 0 {
		record["unused"] = unused
		for _, u := range unused {
			if u.Found() {
				continue
			}
			needs = append(needs, u.Need(p.Language))
		}
	}
	from, err := json.Marshal(record)
	if err != nil {
		return capability.Result{}, fmt.Errorf("encode provenance: %w", err)
	}
	item := domain.ContentItem{
		Title:      prose.Clip(prose.Capital(p.Topic), 100) + " (" + p.Network.Name + ")",
		Type:       domain.ContentSocial,
		Body:       g.Text,
		Language:   p.Language,
		Channel:    p.Network.Slug,
		Keywords:   p.Keywords,
		NeedsInput: needs,
	}
	return capability.Result{
		Output: Post{
			Network:    p.Network.Slug,
			Text:       g.Text,
			Characters: p.Network.Count(g.Text),
			Limit:      p.Network.Max,
			Findings:   len(g.Findings),
			Prompt:     &trace,
		},
		Findings: g.All(),
		Effects:  []capability.Effect{{Create: &capability.CreateItem{Item: item, Findings: g.Findings, Provenance: from}}},
	}, nil
}
