package blogpost

import (
	_ "embed"
	"math"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/prose"
)

//go:embed settings.json
var schema []byte

// Settings describe the post; see settings.json.
type Settings struct {
	Topic        string   `json:"topic"`
	Keywords     []string `json:"keywords,omitempty"`
	Audience     string   `json:"audience,omitempty"`
	Tone         string   `json:"tone,omitempty"`
	WordCount    int      `json:"word_count"`
	KeyPoints    []string `json:"key_points,omitempty"`
	Facts        []string `json:"facts,omitempty"`
	Sources      []string `json:"sources,omitempty"`
	Language     string   `json:"language"`
	BrandVoiceID int64    `json:"brand_voice_id,omitempty"`
	CallToAction string   `json:"call_to_action,omitempty"`
	// Format is a name from [compose.Formats], or [compose.Automatic].
	Format string `json:"format"`
	capability.Sourcing

	found int // how many facts, the last ones, are sentences of the workspace's sources
}

// tidy returns the settings in the form that the steps use.
func (s Settings) tidy() Settings {
	s.Topic, s.Audience, s.Tone, s.CallToAction = prose.Line(
		s.Topic,
	), prose.Line(
		s.Audience,
	), prose.Line(
		s.Tone,
	), prose.Line(
		s.CallToAction,
	)
	s.Keywords, s.KeyPoints, s.Facts = tidied(
		s.Keywords,
		prose.Line,
	), tidied(
		s.KeyPoints,
		prose.Line,
	), tidied(
		s.Facts,
		prose.Line,
	)
	s.Sources = tidied(s.Sources, strings.TrimSpace)
	s.Language = strings.ReplaceAll(s.Language, "_", "-")
	return s
}

// tidied drops empty lines and duplicates.
func tidied(list []string, form func(string) string) []string {
	var out []string
	for _, s := range list {
		if s = form(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// FormatName is the format in words, for a prompt: "customer story".
func (s Settings) FormatName() string { return strings.ReplaceAll(s.Format, "_", " ") }

// support is everything that supports numbers, quotes and links in the post.
func (s Settings) support() []string {
	return slices.Concat([]string{s.Topic, s.Audience, s.Tone}, s.Keywords, s.KeyPoints, s.Facts, s.Sources)
}

func title(s Settings) string {
	if s.Topic == "" {
		return "Blog post"
	}
	return prose.Clip(prose.Capital(s.Topic), 120)
}

// Sections returns how many sections a post of so many words is planned with:
// one for about 160 words, 3 to 8.
func Sections(words int) int {
	return min(8, max(3, int(math.Round(float64(words)/160))))
}
