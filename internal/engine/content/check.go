package content

import (
	"context"

	"vellocity/internal/check"
	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// CheckText asks what there is to say about a text that is no item.
type CheckText struct {
	Text         string // Markdown, as long as an item's body may be
	Title        string // empty: the text's first heading
	BrandVoiceID int64  // 0: none
	Language     string // BCP 47; empty: the voice's, or what the text reads as
	Keywords     []string
	Support      domain.Support // facts, sources and links that the text may rest on
}

// CheckText returns what guardrails find in a text, how far it follows a brand voice of the workspace, and its
// scores. It stores nothing, calls no model and costs nothing.
func (v *Verbs) CheckText(ctx context.Context, in CheckText) (check.Result, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return check.Result{}, err
	}
	if err := in.validate(); err != nil {
		return check.Result{}, err
	}
	text := check.Input{
		Text: in.Text, Title: in.Title, Language: in.Language, Keywords: in.Keywords, Support: in.Support,
	}
	if in.BrandVoiceID != 0 {
		voice, err := v.store.Read().BrandVoice(ctx, a.WorkspaceID, in.BrandVoiceID)
		if err != nil {
			return check.Result{}, verb.MissingReference(err, "brand_voice_id", "brand voice", in.BrandVoiceID)
		}
		text.Voice = &voice
	}
	return check.Text(text), nil
}

func (in CheckText) validate() error {
	var p domain.Problems
	domain.LimitBody.Text(&p, "text", in.Text)
	if in.Title != "" {
		domain.LimitTitle.Text(&p, "title", in.Title)
	}
	verb.CheckLanguage(&p, "language", &in.Language)
	domain.LimitKeywords.List(&p, "keywords", in.Keywords)
	domain.LimitFacts.List(&p, "support.facts", in.Support.Facts)
	domain.LimitFacts.List(&p, "support.sources", in.Support.Sources)
	domain.LimitLinks.List(&p, "support.links", in.Support.Links)
	return p.Err()
}
