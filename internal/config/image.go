package config

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// ImageProvider is what the options say about a provider of images.
type ImageProvider struct {
	Slug    string        // "stability"
	Key     domain.Secret // empty: it is not connected; OpenAI's is that of its texts
	BaseURL string        // empty: the service's own
}

// Image returns the settings of a provider of images; zero where there are none.
func (c *Config) Image(slug string) ImageProvider {
	i := slices.IndexFunc(c.Images, func(p ImageProvider) bool { return p.Slug == slug })
	if i < 0 {
		return ImageProvider{Slug: slug}
	}
	return c.Images[i]
}

// image returns the settings of a provider of images, to be filled in.
func (c *Config) image(slug string) *ImageProvider {
	i := slices.IndexFunc(c.Images, func(p ImageProvider) bool { return p.Slug == slug })
	if i < 0 {
		c.Images = append(c.Images, ImageProvider{Slug: slug})
		i = len(c.Images) - 1
	}
	return &c.Images[i]
}

// imageOptions connect the providers of images.
func imageOptions() []Option {
	list := []Option{{
		Name: "openai-images-base-url", Value: "URL",
		apply: webAddress(func(c *Config) *string { return &c.image("openai").BaseURL }),
		Help: "The address of a server that makes images as OpenAI does, with the key of openai-api-key. By default " +
			"OpenAI itself. Where openai-base-url names another server, images need this option.",
	}}
	for _, p := range []struct{ slug, label, engine string }{
		{"stability", "Stability AI", "stablediffusion"},
		{"bfl", "Black Forest Labs", "flux-pro and flux-pro-kontext"},
		{"ideogram", "Ideogram", "ideogram"},
	} {
		variable := strings.ToUpper(p.slug)
		list = append(list,
			Option{
				Name: p.slug + "-api-key", Value: "KEY", Secret: true, NoFlag: true,
				Env:   []string{envPrefix + variable + "_API_KEY", variable + "_API_KEY"},
				apply: secret(func(c *Config) *domain.Secret { return &c.image(p.slug).Key }),
				Help:  "The key for " + p.label + ", which makes the images of " + p.engine + ".",
			},
			Option{
				Name: p.slug + "-base-url", Value: "URL",
				apply: webAddress(func(c *Config) *string { return &c.image(p.slug).BaseURL }),
				Help:  "The address of " + p.label + "'s API. By default its public one.",
			})
	}
	return group(groupImages, list)
}
