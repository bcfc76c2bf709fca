package blogpost

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
	"vellocity/internal/seo"
)

// checked is the output of the checks; the text itself is in the item.
type checked struct {
	Title    string             `json:"title"`
	Words    int                `json:"words"`
	Findings int                `json:"findings"`
	Scores   map[string]float64 `json:"scores"`
	SEO      seo.Report         `json:"seo"`
	Prompt   *capability.Trace  `json:"prompt,omitempty"` // of the second try
}

// checks runs the guardrails, scores the post and puts it on the board.
func (s steps) checks(ctx context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	p := newPage(in, settings)
	var d described
	if err := in.Output("meta", &d); err != nil {
		return capability.Result{}, err
	}
	var v written
	if err := in.Output("voice", &v); err != nil {
		return capability.Result{}, err
	}
	var second *capability.Trace
	guarded, err := capability.Guard(
		ctx,
		in,
		guardInput(in, p, d, v.Text),
		func(ctx context.Context, body string, faults []string) (string, error) {
			p.Text, p.Faults = body, faults
			c := newComposer(settings, in.BrandVoice)
			again, trace, err := s.write(ctx, in, p, text{
				prompt:    "fix",
				brief:     true,
				maxTokens: roomFor(2 * p.WordCount),
				compose:   func() (string, error) { return c.voice(body) },
			})
			if err != nil || !whole(body, again) {
				return body, err
			}
			second = &trace
			return strings.TrimSpace(again), nil
		},
	)
	if err != nil {
		return capability.Result{}, err
	}
	return s.finished(in, p, d, guarded, second)
}

// finished creates the item from the checked text.
func (s steps) finished(
	in capability.Input, p page, d described, g capability.Guarded, second *capability.Trace,
) (capability.Result, error) {
	report := seo.Analyze(seo.Input{
		Title:           d.Title,
		MetaTitle:       d.MetaTitle,
		MetaDescription: d.MetaDescription,
		Slug:            d.Slug,
		Body:            g.Text,
		Keywords:        p.Keywords,
		Language:        p.Language,
	})
	scores := map[string]float64{"seo": float64(report.Score)}
	if report.Readability.Applicable {
		scores["readability"] = math.Max(0, math.Min(100, report.Readability.Flesch))
	}
	needs := needs(p.Settings, report.Readability.Words, in)
	from, err := provenance(in, p.Settings, second)
	if err != nil {
		return capability.Result{}, err
	}
	item := domain.ContentItem{
		Title:           d.Title,
		Type:            domain.ContentBlog,
		Body:            g.Text,
		Language:        p.Language,
		MetaTitle:       d.MetaTitle,
		MetaDescription: d.MetaDescription,
		Keywords:        p.Keywords,
		Slug:            d.Slug,
		Scores:          scores,
		NeedsInput:      needs,
	}
	return capability.Result{
		Output: checked{
			Title:    d.Title,
			Words:    report.Readability.Words,
			Findings: len(g.Findings),
			Scores:   scores,
			SEO:      report,
			Prompt:   second,
		},
		Findings:   g.All(),
		NeedsInput: needs,
		Effects:    []capability.Effect{{Create: &capability.CreateItem{Item: item, Findings: g.Findings, Provenance: from}}},
	}, nil
}

// guardInput says what supports the text. A composed text is as long as its brief
// allows, so it has no lower bound.
func guardInput(in capability.Input, p page, d described, text string) guard.Input {
	g := guard.Input{
		Text:            text,
		Title:           d.Title,
		MetaTitle:       d.MetaTitle,
		MetaDescription: d.MetaDescription,
		Type:            domain.ContentBlog,
		Language:        p.Language,
		MaxWords:        p.WordCount * 13 / 10,
		Support:         slices.Concat(p.support(), []string{p.Background}, in.Quotes()),
		Allowed:         []string{p.CallToAction},
	}
	if in.Origin.Kind == domain.OriginModel {
		g.MinWords = p.WordCount / 2
	}
	return g
}

// needs lists what would improve the post and was not given, in its language: for a composed post what
// its format asks for and what it does not use.
func needs(s Settings, words int, in capability.Input) []domain.Need {
	out := []domain.Need{}
	add := func(missing bool, key, field string, args ...any) {
		if missing {
			out = append(out, compose.Question(s.Language, key, field, args...))
		}
	}
	if in.Origin.Kind == domain.OriginComposer {
		out = append(out, compose.NewArticle(newComposer(s, in.BrandVoice).brief).Needs...)
		add(words < s.WordCount*6/10, "material", "key_points", words, s.WordCount)
		return out
	}
	given := strings.Join(slices.Concat(s.KeyPoints, s.Facts, s.Sources, in.Quotes()), "\n")
	add(len(s.KeyPoints) == 0, "points", "key_points")
	add(!strings.ContainsAny(given, "0123456789０１２３４５６７８９"), "figures", "facts")
	add(!strings.ContainsAny(given, "“”\"«»„「"), "proof", "facts")
	add(len(s.Sources)+len(in.Passages) == 0, "source", "sources")
	add(s.Audience == "", "audience", "audience")
	add(s.CallToAction == "", "action", "call_to_action")
	return out
}

// origin is the record of where a post came from.
type origin struct {
	Statement string                      `json:"statement"`
	Engine    domain.Origin               `json:"engine"`
	Steps     map[string]capability.Trace `json:"steps"`
	Parts     []partOrigin                `json:"parts"`
	Format    string                      `json:"format,omitempty"` // of a composed post
	Unused    []compose.Unused            `json:"unused,omitempty"` // of a composed post
	Voice     *voiceOrigin                `json:"brand_voice,omitempty"`
	Agent     string                      `json:"agent,omitempty"`
	Inputs    Settings                    `json:"inputs"`
}

// partOrigin says which inputs a section draws on, as far as its words show.
type partOrigin struct {
	Heading string   `json:"heading"`
	Step    string   `json:"step"`
	Uses    []string `json:"uses"` // key_points[0], facts[2]
}

type voiceOrigin struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Version int    `json:"version"`
}

func provenance(in capability.Input, s Settings, second *capability.Trace) (json.RawMessage, error) {
	o := origin{
		Statement: capability.Statement(in.Origin),
		Engine:    in.Origin,
		Steps:     map[string]capability.Trace{},
		Inputs:    s,
		Agent:     in.Agent.Name,
		Parts:     parts(in, s),
	}
	if in.Origin.Kind == domain.OriginComposer {
		a := compose.NewArticle(newComposer(s, in.BrandVoice).brief)
		o.Format, o.Unused = a.Format, a.Unused
		o.exact(a)
	}
	for key, raw := range in.Outputs {
		var out struct{ Prompt *capability.Trace }
		if json.Unmarshal(raw, &out) == nil && out.Prompt != nil {
			o.Steps[key] = *out.Prompt
		}
	}
	if second != nil {
		o.Steps[in.Step.Key] = *second
	}
	if v := in.BrandVoice; v != nil {
		o.Voice = &voiceOrigin{v.ID, v.Name, v.Version}
	}
	data, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("encode provenance: %w", err)
	}
	return data, nil
}

// exact takes the inputs of each part from the article, which knows them.
func (o *origin) exact(a compose.Article) {
	for i := range min(len(o.Parts), len(a.Parts)) {
		if o.Parts[i].Heading == a.Parts[i].Heading {
			o.Parts[i].Uses = append([]string{}, a.Parts[i].Uses...)
		}
	}
}

// parts compares the words of each section with each input.
func parts(in capability.Input, s Settings) []partOrigin {
	out := []partOrigin{}
	for i := range Sections(s.WordCount) {
		key := fmt.Sprintf("section-%d", i+1)
		var w written
		if raw, ok := in.Outputs[key]; !ok || json.Unmarshal(raw, &w) != nil || w.Text == "" {
			continue
		}
		p := partOrigin{Heading: w.Heading, Step: key, Uses: []string{}}
		stems := prose.Stems(w.Heading + " " + w.Text)
		for _, input := range []struct {
			name string
			list []string
		}{{"key_points", s.KeyPoints}, {"facts", s.Facts}, {"sources", s.Sources}} {
			for j, text := range input.list {
				if drawsOn(stems, prose.Stems(text)) {
					p.Uses = append(p.Uses, fmt.Sprintf("%s[%d]", input.name, j))
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// drawsOn reports whether two thirds of an input's words appear in the section.
func drawsOn(section, input map[string]bool) bool {
	shared := 0
	for s := range input {
		if section[s] {
			shared++
		}
	}
	return len(input) > 0 && 3*shared >= 2*len(input)
}
