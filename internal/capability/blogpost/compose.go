package blogpost

import (
	"cmp"
	"encoding/json"
	"fmt"

	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// composer writes the parts of a post from the caller's own words. All parts come
// from one article, so that none says what another has said.
type composer struct{ brief compose.Brief }

func newComposer(s Settings, v *domain.BrandVoice) composer {
	return composer{compose.Brief{
		Topic:        s.Topic,
		Keywords:     s.Keywords,
		KeyPoints:    s.KeyPoints,
		Facts:        s.Facts,
		Found:        s.found,
		Sources:      s.Sources,
		Language:     s.Language,
		CallToAction: s.CallToAction,
		Format:       s.Format,
		Words:        s.WordCount,
		Sections:     Sections(s.WordCount),
		BrandVoice:   v,
	}}
}

// outline has as many sections as the brief can fill, at most those asked for.
func (c composer) outline() (string, error) {
	a := compose.NewArticle(c.brief)
	out := outlined{Title: a.Title}
	for _, p := range a.Parts {
		out.Sections = append(out.Sections, sectionPlan{p.Heading, append([]string{}, p.Points...)})
	}
	return asJSON(out)
}

// section writes the section at index i, from 0. A heading that the composer did
// not plan, because somebody changed the outline, is written from its points.
func (c composer) section(i int, plan sectionPlan) (string, error) {
	a := compose.NewArticle(c.brief)
	if i < len(a.Parts) && (plan.Heading == "" || plan.Heading == a.Parts[i].Heading) {
		return a.Parts[i].Text, nil
	}
	if len(plan.Points) == 1 {
		return compose.Sentence(plan.Points[0]), nil
	}
	return compose.Lines(plan.Points), nil
}

// meta describes the post by the caller's own sentences, under the title of the
// outline.
func (c composer) meta(title string) (string, error) {
	m := compose.NewMeta(c.brief, title)
	d := described{Title: m.Title, MetaTitle: m.Short, MetaDescription: m.Description}
	d.Slug = cmp.Or(m.Slug, "post")
	return asJSON(d)
}

// voice brings a finished post nearer to the brand voice.
func (c composer) voice(text string) (string, error) {
	return compose.Voiced(text, c.brief.BrandVoice), nil
}

func asJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode the composed text: %w", err)
	}
	return string(data), nil
}
