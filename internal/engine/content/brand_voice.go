package content

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// BrandVoices returns a page of the workspace's brand voices.
func (v *Verbs) BrandVoices(ctx context.Context, p domain.Page) (domain.List[domain.BrandVoice], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.BrandVoice]{}, err
	}
	return v.store.Read().BrandVoices(ctx, a.WorkspaceID, p)
}

// BrandVoice returns one brand voice.
func (v *Verbs) BrandVoice(ctx context.Context, id int64) (domain.BrandVoice, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.BrandVoice{}, err
	}
	return v.store.Read().BrandVoice(ctx, a.WorkspaceID, id)
}
