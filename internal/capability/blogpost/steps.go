package blogpost

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/prose"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

// prompts are the capability's prompts by name. All of them include the template
// "brief", so its wording is part of each hash.
type prompts map[string]capability.Prompt

func loadPrompts() prompts {
	read := func(name string) string {
		data, err := promptFiles.ReadFile("prompts/" + name + ".tmpl")
		if err != nil {
			panic(err) // the files are part of the program
		}
		return string(data)
	}
	p := prompts{}
	for _, name := range []string{"outline", "section", "meta", "voice", "fix"} {
		p[name] = capability.MustPrompt(name, read("brief")+read(name))
	}
	return p
}

// steps has the functions of the steps.
type steps struct{ prompts prompts }

// page is the data of the prompts.
type page struct {
	Settings
	Background   string
	Sections     int
	Title        string
	Headings     []string
	Heading      string
	Points       []string
	Index        int
	Last         bool
	SectionWords int
	Text         string
	Faults       []string
}

func newPage(in capability.Input, settings Settings) page {
	return page{Settings: settings, Background: in.Background(), Sections: Sections(settings.WordCount)}
}

// write has a text written: by a model from the named prompt, with the schema where
// the text is JSON, or by compose.
func (s steps) write(
	ctx context.Context, in capability.Input, name string, p page, schema json.RawMessage, compose func() (string, error),
) (string, capability.Trace, error) {
	prompt := s.prompts[name]
	text, err := prompt.Render(p)
	if err != nil {
		return "", capability.Trace{}, err
	}
	system, err := capability.System(in.BrandVoice, p.Language)
	if err != nil {
		return "", capability.Trace{}, err
	}
	req := ai.Request{System: system, Messages: ai.User(text), Schema: schema}
	if schema != nil {
		req.SchemaName = name
	}
	resp, err := in.Write(ctx, capability.Ask{Request: req, PromptHash: prompt.Hash, Compose: compose})
	if err != nil {
		return "", capability.Trace{}, err
	}
	return resp.Text, prompt.Trace(in.Origin, resp), nil
}

// brief records the settings in order and looks for instructions hidden in them.
// No model is asked.
func (s steps) brief(_ context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	findings := capability.Suspicious(in.Step.Key,
		capability.Given{Setting: "topic", Texts: []string{settings.Topic}},
		capability.Given{Setting: "key_points", Texts: settings.KeyPoints},
		capability.Given{Setting: "facts", Texts: settings.Facts},
		capability.Given{Setting: "sources", Texts: settings.Sources},
		capability.Given{Setting: "context", Texts: []string{in.Background()}},
	)
	return capability.Result{Output: settings, Findings: findings}, nil
}

func outlineSchema(sections int) json.RawMessage {
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["title","sections"],"properties":{
"title":{"type":"string","minLength":1,"maxLength":160},
"sections":{"type":"array","minItems":1,"maxItems":%d,"items":{"type":"object","additionalProperties":false,"required":["heading","points"],"properties":{
"heading":{"type":"string","minLength":1,"maxLength":160},
"points":{"type":"array","items":{"type":"string"}}}}}}}`, sections)
}

func (s steps) outline(ctx context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	p := newPage(in, settings)
	c := newComposer(settings, in.BrandVoice)
	text, trace, err := s.write(ctx, in, "outline", p, outlineSchema(p.Sections), c.outline)
	if err != nil {
		return capability.Result{}, err
	}
	var o outlined
	if err := capability.Decode(json.RawMessage(text), &o); err != nil {
		return capability.Result{}, err
	}
	if len(o.Sections) > p.Sections {
		o.Sections = o.Sections[:p.Sections]
	}
	for i := range o.Sections {
		o.Sections[i].Heading = heading(o.Sections[i].Heading)
	}
	o.Title, o.Prompt = heading(o.Title), &trace
	return capability.Result{Output: o}, nil
}

// heading returns a text as a heading: one line, without Markdown.
func heading(s string) string {
	return strings.TrimSpace(strings.TrimLeft(prose.Line(s), "#*_ "))
}

func (s steps) section(ctx context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	p := newPage(in, settings)
	var o outlined
	if err := in.Output("outline", &o); err != nil {
		return capability.Result{}, err
	}
	n, err := in.Number()
	if err != nil {
		return capability.Result{}, err
	}
	if n > len(o.Sections) {
		return capability.Result{Output: written{Note: "The outline does not need this section."}}, nil
	}
	p.at(o, n-1)
	c := newComposer(settings, in.BrandVoice)
	text, trace, err := s.write(
		ctx,
		in,
		"section",
		p,
		nil,
		func() (string, error) { return c.section(n-1, o.Sections[n-1]) },
	)
	if err != nil {
		return capability.Result{}, err
	}
	text = withoutHeading(text, p.Heading)
	return capability.Result{
		Output: written{Heading: p.Heading, Text: text, Words: prose.CountWords(text), Prompt: &trace},
	}, nil
}

// at turns the page to one section of the outline.
func (p *page) at(o outlined, i int) {
	p.Title, p.Index, p.Heading, p.Points = o.Title, i, o.Sections[i].Heading, o.Sections[i].Points
	for _, one := range o.Sections {
		p.Headings = append(p.Headings, one.Heading)
	}
	p.Last = i == len(o.Sections)-1
	p.SectionWords = p.WordCount / len(o.Sections)
}

var leadingHeading = regexp.MustCompile(`^\s*(?:#{1,6}\s+([^\n]*)|\*\*([^\n*]+)\*\*)\n+`)

// withoutHeading drops a heading that a model put above its section anyway.
func withoutHeading(text, heading string) string {
	if m := leadingHeading.FindStringSubmatch(text); m != nil {
		said := strings.TrimSpace(m[1] + m[2])
		if m[1] != "" || strings.EqualFold(said, heading) {
			text = text[len(m[0]):]
		}
	}
	return strings.TrimSpace(text)
}

// assemble joins the sections and lists the sources below them. The first section
// opens the post without a heading.
func (s steps) assemble(_ context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	p := newPage(in, settings)
	var o outlined
	if err := in.Output("outline", &o); err != nil {
		return capability.Result{}, err
	}
	var parts []string
	for i := range o.Sections {
		var w written
		if err := in.Output(fmt.Sprintf("section-%d", i+1), &w); err != nil {
			return capability.Result{}, err
		}
		if w.Text == "" {
			continue
		}
		if len(parts) > 0 {
			w.Text = "## " + w.Heading + "\n\n" + w.Text
		}
		parts = append(parts, w.Text)
	}
	if list := references(p.Settings); list != "" {
		parts = append(parts, list)
	}
	text := strings.Join(parts, "\n\n")
	return capability.Result{
		Output: assembled{Title: o.Title, Text: text, Words: prose.CountWords(prose.Plain(text))},
	}, nil
}

// sourcesHeading is the heading of the list of sources, by language.
var sourcesHeading = map[string]string{"de": "Quellen", "es": "Fuentes", "it": "Fonti", "nl": "Bronnen", "pt": "Fontes"}

// references lists the sources that are references rather than material.
func references(s Settings) string {
	var short []string
	for _, source := range s.Sources {
		if one := prose.Line(source); len(one) <= 240 && len(prose.SentenceTexts(one)) == 1 {
			short = append(short, "- "+strings.TrimRight(one, "."))
		}
	}
	if len(short) == 0 {
		return ""
	}
	name := cmp.Or(sourcesHeading[strings.ToLower(s.Language[:2])], "Sources")
	return "## " + name + "\n\n" + strings.Join(short, "\n")
}

const metaSchema = `{"type":"object","additionalProperties":false,"required":["title","meta_title","meta_description","slug"],"properties":{
"title":{"type":"string","minLength":1,"maxLength":200},"meta_title":{"type":"string","minLength":1,"maxLength":120},
"meta_description":{"type":"string","minLength":1,"maxLength":400},"slug":{"type":"string","minLength":1,"maxLength":120}}}`

func (s steps) meta(ctx context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	p := newPage(in, settings)
	var a assembled
	if err := in.Output("assemble", &a); err != nil {
		return capability.Result{}, err
	}
	p.Title, p.Text = a.Title, a.Text
	c := newComposer(settings, in.BrandVoice)
	text, trace, err := s.write(
		ctx,
		in,
		"meta",
		p,
		json.RawMessage(metaSchema),
		func() (string, error) { return c.meta(a.Title) },
	)
	if err != nil {
		return capability.Result{}, err
	}
	var d described
	if err := capability.Decode(json.RawMessage(text), &d); err != nil {
		return capability.Result{}, err
	}
	d.Title, d.MetaTitle, d.MetaDescription, d.Prompt = heading(
		d.Title,
	), prose.Line(
		d.MetaTitle,
	), prose.Line(
		d.MetaDescription,
	), &trace
	if d.Slug = prose.Slug(d.Slug, 80); d.Slug == "" {
		d.Slug = prose.Slug(d.Title, 80)
	}
	return capability.Result{Output: d}, nil
}

// voice revises the whole post in the brand voice. Without one, the text stays as it is
// and no model is called.
func (s steps) voice(ctx context.Context, in capability.Input, settings Settings) (capability.Result, error) {
	var a assembled
	if err := in.Output("assemble", &a); err != nil {
		return capability.Result{}, err
	}
	if in.BrandVoice == nil {
		return capability.Result{
			Output: written{Text: a.Text, Words: a.Words, Note: "No brand voice was chosen, so the text stays as it is."},
		}, nil
	}
	p := newPage(in, settings)
	p.Title, p.Text = a.Title, a.Text
	c := newComposer(settings, in.BrandVoice)
	text, trace, err := s.write(ctx, in, "voice", p, nil, func() (string, error) { return c.voice(a.Text) })
	if err != nil {
		return capability.Result{}, err
	}
	out := written{Text: strings.TrimSpace(text), Prompt: &trace}
	if !whole(a.Text, out.Text) {
		out.Text, out.Note = a.Text, "The pass lost part of the post, so the text stays as it was."
	}
	out.Words = prose.CountWords(prose.Plain(out.Text))
	return capability.Result{Output: out}, nil
}

// whole reports whether a rewritten post still has its headings and most of its
// length.
func whole(before, after string) bool {
	level := func(s string) []int {
		var out []int
		for _, h := range prose.Parse(s).Headings {
			out = append(out, h.Level)
		}
		return out
	}
	return slices.Equal(level(before), level(after)) && 2*prose.CountWords(after) > prose.CountWords(before)
}
