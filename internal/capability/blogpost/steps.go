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
	"unicode/utf8"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

// prompts are the capability's prompts by name. The wording of the brief is part of each
// hash. The prompt "brief" is the brief alone: it leads the others, the same in each call.
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
	p[briefPrompt] = capability.MustPrompt(briefPrompt, read("brief")+`{{template "lead" .}}`)
	return p
}

const briefPrompt = "brief"

// steps has the functions of the steps.
type steps struct{ prompts prompts }

// page is the data of the prompts.
type page struct {
	Settings
	Background string
	Passages   []domain.Citation
	Sections   int
	Title      string
	Outline    []sectionPlan
	Index      int
	Last       bool
	LeastWords int // of the section
	MostWords  int
	Text       string
	Faults     []string
}

func newPage(in capability.Input, settings Settings) page {
	return page{
		Settings: settings, Background: in.Background(), Passages: in.Passages, Sections: Sections(settings.WordCount),
	}
}

// text is one text to be written.
type text struct {
	prompt string          // its name
	schema json.RawMessage // where the text is JSON
	// brief says that the brief leads the prompt. It is the same in every call, so that
	// providers can cache it.
	brief     bool
	maxTokens int
	compose   func() (string, error) // writes it without a model
}

// write has a text written, by a model or without one.
func (s steps) write(ctx context.Context, in capability.Input, p page, t text) (string, capability.Trace, error) {
	prompt := s.prompts[t.prompt]
	req, err := s.request(in, p, t)
	if err != nil {
		return "", capability.Trace{}, err
	}
	resp, err := in.Write(ctx, capability.Ask{Request: req, PromptHash: prompt.Hash, Compose: t.compose})
	if err != nil {
		return "", capability.Trace{}, err
	}
	return resp.Text, prompt.Trace(in.Origin, resp), nil
}

// request is what a model is asked. The composer reads no prompt.
func (s steps) request(in capability.Input, p page, t text) (req ai.Request, err error) {
	req = ai.Request{Schema: t.schema, MaxTokens: t.maxTokens}
	if in.Origin.Kind != domain.OriginModel {
		return req, nil
	}
	message := ai.Message{Role: ai.RoleUser}
	if message.Text, err = s.prompts[t.prompt].Render(p); err != nil {
		return req, err
	}
	if t.brief {
		if message.Lead, err = s.prompts[briefPrompt].Render(p); err != nil {
			return req, err
		}
	}
	req.Messages = []ai.Message{message}
	if t.schema != nil {
		req.SchemaName = t.prompt
	}
	req.System, err = capability.System(in.BrandVoice, p.Language)
	return req, err
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
	raw, trace, err := s.write(ctx, in, p, text{
		prompt: "outline", schema: outlineSchema(p.Sections), brief: true, compose: c.outline,
	})
	if err != nil {
		return capability.Result{}, err
	}
	var o outlined
	if err := capability.Decode(json.RawMessage(raw), &o); err != nil {
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
	body, trace, err := s.write(ctx, in, p, text{
		prompt:    "section",
		brief:     true,
		maxTokens: roomFor(p.MostWords),
		compose:   func() (string, error) { return c.section(n-1, o.Sections[n-1]) },
	})
	if err != nil {
		return capability.Result{}, err
	}
	heading := o.Sections[n-1].Heading
	body = withoutHeading(body, heading)
	return capability.Result{
		Output: written{Heading: heading, Text: body, Words: prose.CountWords(body), Prompt: &trace},
	}, nil
}

// at turns the page to one section of the outline.
func (p *page) at(o outlined, i int) {
	p.Title, p.Outline, p.Index, p.Last = o.Title, o.Sections, i, i == len(o.Sections)-1
	words := p.WordCount / len(o.Sections)
	p.LeastWords, p.MostWords = words*4/5, words*6/5
}

// roomFor bounds the answer for a text of so many words, in tokens: four a word, which
// is twice what most languages take, and room for a model that thinks first.
func roomFor(words int) int { return 4*words + 4000 }

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
		// The first section opens the post. A composed text may begin with a heading instead.
		headed := len(parts) > 0
		if in.Origin.Kind == domain.OriginComposer {
			headed = w.Heading != o.Title
		}
		if headed {
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

// sourcesHeading is the heading of the list of sources in languages that the composer
// has no words for.
var sourcesHeading = map[string]string{"it": "Fonti", "nl": "Bronnen", "pt": "Fontes"}

// references lists the sources that are references rather than material.
func references(s Settings) string {
	var short []string
	for _, source := range s.Sources {
		if compose.Reference(source) {
			short = append(short, "- "+strings.TrimRight(prose.Line(source), "."))
		}
	}
	if len(short) == 0 {
		return ""
	}
	list := strings.Join(short, "\n")
	language, _, _ := strings.Cut(strings.ToLower(s.Language), "-")
	if name := cmp.Or(compose.SourcesHeading(s.Language), sourcesHeading[language]); name != "" {
		return "## " + name + "\n\n" + list
	}
	return list
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
	raw, trace, err := s.write(ctx, in, p, text{
		prompt:  "meta",
		schema:  json.RawMessage(metaSchema),
		compose: func() (string, error) { return c.meta(a.Title) },
	})
	if err != nil {
		return capability.Result{}, err
	}
	var d described
	if err := capability.Decode(json.RawMessage(raw), &d); err != nil {
		return capability.Result{}, err
	}
	d.Title, d.MetaTitle, d.Prompt = heading(d.Title), prose.Line(d.MetaTitle), &trace
	d.MetaDescription = wholeSentences(prose.Line(d.MetaDescription), mostDescription)
	d.Slug = cmp.Or(compose.Slug(d.Slug, settings.Language), compose.Slug(d.Title, settings.Language))
	return capability.Result{Output: d}, nil
}

// mostDescription is what search results show of a description, in characters.
const mostDescription = 160

// wholeSentences cuts a text after its last sentence that ends within so many
// characters. A text whose first sentence is longer stays as it is.
func wholeSentences(text string, most int) string {
	kept := ""
	for _, s := range prose.SentenceTexts(text) {
		longer := strings.TrimSpace(kept + " " + s)
		if utf8.RuneCountInString(longer) > most {
			break
		}
		kept = longer
	}
	return cmp.Or(kept, text)
}

// voice revises the post where it departs from the brand voice. Elsewhere the text stays
// as it is and no model is called: each section was written in the voice already.
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
	p.Title, p.Text, p.Faults = a.Title, a.Text, departures(in.BrandVoice, settings, a.Text)
	if in.Origin.Kind == domain.OriginModel && len(p.Faults) == 0 {
		return capability.Result{
			Output: written{Text: a.Text, Words: a.Words, Note: "The text keeps to the brand voice, so it stays as it is."},
		}, nil
	}
	c := newComposer(settings, in.BrandVoice)
	revised, trace, err := s.write(ctx, in, p, text{
		prompt:    "voice",
		maxTokens: roomFor(2 * a.Words),
		compose:   func() (string, error) { return c.voice(a.Text) },
	})
	if err != nil {
		return capability.Result{}, err
	}
	out := written{Text: strings.TrimSpace(revised), Prompt: &trace}
	if !whole(a.Text, out.Text) {
		out.Text, out.Note = a.Text, "The pass lost part of the post, so the text stays as it was."
	}
	out.Words = prose.CountWords(prose.Plain(out.Text))
	return capability.Result{Output: out}, nil
}

// departures says where a text departs from the brand voice, as far as rules can tell.
func departures(v *domain.BrandVoice, s Settings, text string) []string {
	found := guard.Check(guard.Input{Text: text, BrandVoice: v, Language: s.Language, SupportUnknown: true})
	return guard.RetryMessages(slices.DeleteFunc(found, func(f domain.Finding) bool {
		return f.Guardrail != "banned-terms" && f.Guardrail != "brand-terms"
	}))
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
