package social

import (
	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// compose writes a post from the caller's own words, in the brand voice, which may
// make it longer: it is then composed again with less room. It also returns what the
// network has no room for.
func (p page) compose(v *domain.BrandVoice) compose.Post {
	b := compose.Brief{
		Topic:        p.Topic,
		Keywords:     p.Keywords,
		KeyPoints:    p.KeyPoints,
		Facts:        p.Facts,
		Found:        p.found,
		Language:     p.Language,
		CallToAction: p.CallToAction,
		BrandVoice:   v,
	}
	limit := p.Network.Max
	if p.Link != "" {
		limit -= p.Network.Count("\n\n" + p.Link)
	}
	post := compose.NewPost(b, p.Network, limit)
	for room := limit; room > 40; room -= 20 {
		post = compose.NewPost(b, p.Network, room)
		if post.Text = compose.Voiced(post.Text, v); p.Network.Count(post.Text) <= limit {
			break
		}
	}
	return post
}
