// Package eval measures what the product is worth beside one prompt. It has a set of
// briefs (briefs/*.json) written twice by the same model: by the steps of
// generate-blog-post, and by one good plain prompt. Both texts are measured alike: facts
// used and invented, repetition, stock phrases, length, brand voice, findings, tokens,
// cost and time. Without a model it measures the composer alone.
//
// It calls the provider and nothing else: no store, no server, no queue. Nothing here
// judges by a model, so that the same texts always get the same figures. docs/eval.md
// says what each figure means, and what it cannot say.
package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Options say what is measured.
type Options struct {
	// Writer writes the texts: a model, or the composer.
	Writer ai.Connection
	Briefs []Brief
	// Each gets each text as soon as it is measured, a failed one too; nil: nobody. An
	// error from it ends the run.
	Each func(Brief, Text) error
	Now  func() time.Time // for the seconds; nil: the machine's clock
}

// Run has every brief written and returns the figures, in the order of the briefs. A text
// that fails is in the report with its error, and the others continue. Where ctx ends
// or Each fails, the report has what was measured until then, and the error says why.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := Report{Provider: o.Writer.Origin.Provider, Model: o.Writer.Origin.Model, Texts: []Text{}}
	if o.Writer.Origin.Kind == domain.OriginComposer {
		r.Provider = string(Composer)
	}
	for _, b := range o.Briefs {
		for _, way := range ways(o.Writer.Origin) {
			t := o.text(ctx, b, way)
			if ctx.Err() != nil {
				r.sum()
				return r, ctx.Err()
			}
			r.Texts = append(r.Texts, t)
			if o.Each == nil {
				continue
			}
			if err := o.Each(b, t); err != nil {
				r.sum()
				return r, err
			}
		}
	}
	r.sum()
	return r, nil
}

func ways(o domain.Origin) []Way {
	if o.Kind == domain.OriginComposer {
		return []Way{Composer}
	}
	return []Way{Product, Prompt}
}

// text has one text written and measures it.
func (o Options) text(ctx context.Context, b Brief, way Way) Text {
	t := Text{Brief: b.Name, Way: way}
	c := &calls{writer: o.Writer}
	began := o.Now()
	var p page
	var err error
	if way == Prompt {
		p, err = onePrompt(ctx, c, b)
	} else {
		p, err = bySteps(ctx, c, b)
	}
	t.Usage = c.usage()
	t.Seconds = math.Round(10*o.Now().Sub(began).Seconds()) / 10
	if err == nil && p.body == "" {
		err = errors.New("the text is empty")
	}
	if err != nil {
		t.Error = fmt.Sprintf("%s: %v", way, err)
		return t
	}
	t.Title, t.Body = p.title, p.body
	measure(b, p, &t)
	return t
}
