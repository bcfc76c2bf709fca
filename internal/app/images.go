package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/extension/bfl"
	"vellocity/internal/extension/ideogram"
	"vellocity/internal/extension/openaiimages"
	"vellocity/internal/extension/s3"
	"vellocity/internal/extension/stability"
	"vellocity/internal/files"
	"vellocity/internal/image"
	"vellocity/internal/imaging"
	"vellocity/internal/outbound"
)

// imageKinds lists the providers of images: a line each.
func imageKinds() []image.Kind {
	return []image.Kind{
		openaiimages.Kind(),
		stability.Kind(),
		bfl.Kind(),
		ideogram.Kind(),
	}
}

// imageEngine is an engine of the API: the provider that makes its images, and its model; empty:
// the provider's usual one.
type imageEngine struct {
	name               domain.ImageEngine
	label, kind, model string
}

// imageEngines lists the engines of the API, in the order of forms.
func imageEngines() []imageEngine {
	return []imageEngine{
		{domain.EngineDallE, "OpenAI", "openai", ""},
		{domain.EngineStability, "Stable Diffusion", "stability", ""},
		{domain.EngineFlux, "Flux Pro", "bfl", ""},
		{domain.EngineIdeogram, "Ideogram", "ideogram", ""},
		{domain.EngineKontext, "Flux Kontext", "bfl", "flux-kontext-pro"},
	}
}

// keepFiles chooses where files are kept. A bucket that will not work stops the server, with what to change; one that
// cannot be reached now is a warning, since it may be there again in a moment.
func (a *App) keepFiles(ctx context.Context) error {
	if a.cfg.Files.Bucket == "" {
		root := filepath.Join(a.cfg.Data, "files")
		a.files = files.NewDir(root)
		if a.Store.Postgres() {
			a.log.Info("images are kept below the data directory; give every node the same directory, or set files to "+
				"a bucket", "directory", root)
		}
		return nil
	}
	f := a.cfg.Files
	bucket, err := s3.New(s3.Options{
		Bucket: f.Bucket, Prefix: f.Prefix, Endpoint: f.Endpoint, Region: f.Region, Key: string(f.Key), Secret: f.Secret,
		Token: f.Token,
	})
	if err != nil {
		return err
	}
	a.files = bucket
	ctx, done := context.WithTimeout(ctx, fileCheck)
	defer done()
	err = bucket.Check(ctx)
	var fault *s3.Fault
	if errors.As(err, &fault) && fault.Settled {
		return err
	}
	if err != nil {
		a.log.Warn("images cannot be stored now", "files", bucket.String(), "error", err)
	}
	return nil
}

// fileCheck is how long a bucket has to answer.
const fileCheck = 10 * time.Second

// images builds what makes images, with the providers that are connected.
func (a *App) images() {
	clients, kinds := map[string]*image.Client{}, map[string]image.Kind{}
	for _, k := range imageKinds() { // one client for each, since its places are the provider's
		kinds[k.Slug] = k
		if c, ok := a.imageConfig(k); ok {
			clients[k.Slug] = image.NewClient(image.Options{Kind: k, Config: c, Download: c.HTTP})
		}
	}
	o := imaging.Options{Store: a.Store, Files: a.files, Log: a.log}
	for _, e := range imageEngines() {
		engine := imaging.Engine{Name: e.name, Label: e.label, Kind: kinds[e.kind], Model: e.model, Client: clients[e.kind]}
		if engine.Model == "" {
			engine.Model = engine.Kind.Model
		}
		o.Engines = append(o.Engines, engine)
	}
	a.maker = imaging.New(o)
}

// imageConfig returns how a provider of images is reached; ok is false where it has no key, or
// where no model is to be used at all.
func (a *App) imageConfig(k image.Kind) (c image.Config, ok bool) {
	set := a.cfg.Image(k.Slug)
	if k.Slug == "openai" {
		set.Key, set.BaseURL = a.openAIImages(set.BaseURL)
	}
	if a.cfg.Provider == config.Composer || set.Key == "" {
		return c, false
	}
	return image.Config{BaseURL: set.BaseURL, Key: set.Key, HTTP: imageClient(k, set.BaseURL)}, true
}

// openAIImages returns the key and the address of OpenAI's images. The key is that of its texts; where
// their address is another server's, that server may have no images, so an address of their own is needed.
func (a *App) openAIImages(base string) (domain.Secret, string) {
	official, _ := url.Parse(openaiimages.Kind().BaseURL)
	for _, p := range a.cfg.Providers {
		if p.Kind != "openai" {
			continue
		}
		u, err := url.Parse(p.BaseURL)
		if base != "" || p.BaseURL == "" || err == nil && u.Host == official.Host {
			return p.Key, base
		}
	}
	return "", ""
}

// imageClient reaches public addresses alone. An address that the operator has set is reached as it is,
// and so is everything through the operator's proxy. No client follows redirects.
func imageClient(k image.Kind, base string) *http.Client {
	if base == "" && !proxied(k.BaseURL) {
		return outbound.Policy{}.Client()
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
