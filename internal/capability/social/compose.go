package social

import (
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// compose writes a post from the caller's own words, in the brand voice, which may
// make it longer: it is then composed again with less room.
func (p page) compose(v *domain.BrandVoice) string {
	b := compose.Brief{
		Topic:        p.Topic,
		Keywords:     p.Keywords,
		Audience:     p.Audience,
		Tone:         p.Tone,
		KeyPoints:    p.KeyPoints,
		Facts:        p.Facts,
		Language:     p.Language,
		CallToAction: p.CallToAction,
		BrandVoice:   v,
	}
	limit := p.Room
	if p.Network.Wide && p.eastAsian() {
		limit /= 2 // the network counts these characters twice
	}
	text := compose.Voiced(compose.Post(b, p.Network, limit), v)
	for room := limit; limit > 0 && utf8.RuneCountInString(text) > limit && room > 40; room -= 20 {
		text = compose.Voiced(compose.Post(b, p.Network, room), v)
	}
	return text
}

func (p page) eastAsian() bool {
	given := strings.Join(slices.Concat([]string{p.Topic}, p.KeyPoints, p.Facts), "")
	return strings.ContainsFunc(given, func(r rune) bool { return r > 0x1100 })
}
