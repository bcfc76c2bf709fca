package execution

import (
	"slices"
	"sync/atomic"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Writer has text written by one provider.
type Writer struct {
	Engine domain.Origin
	Caller *ai.Caller
	// Kind, BaseURL and Source say where it comes from, for people.
	Kind    string // openai, anthropic
	BaseURL string
	Source  string // environment, stored
}

// Writers are the providers that are configured, and the composer. The set may be
// replaced while runs are under way.
type Writers struct {
	composer Writer
	set      atomic.Pointer[[]Writer]
}

// NewWriters returns the composer alone.
func NewWriters(composer *ai.Caller) *Writers {
	w := &Writers{composer: Writer{Engine: domain.ComposerOrigin(), Caller: composer}}
	w.Use(nil)
	return w
}

// Use replaces the configured providers; the first one is the default.
func (w *Writers) Use(models []Writer) { w.set.Store(&models) }

// Models returns the configured providers, the default first.
func (w *Writers) Models() []Writer { return *w.set.Load() }

// Default returns what writes text where nobody chose: the first provider, or the
// composer where there is none.
func (w *Writers) Default() Writer {
	if models := w.Models(); len(models) > 0 {
		return models[0]
	}
	return w.composer
}

// For returns what writes for an agent: the provider and model that it names,
// else the default. ok is false where it names a provider that is not configured:
// nothing else takes its place silently.
func (w *Writers) For(a domain.Agent) (out Writer, ok bool) {
	if a.Provider == "" {
		out, ok = w.Default(), true
	} else {
		out, ok = w.named(a.Provider)
	}
	if ok && a.Model != "" && out.Engine.Kind == domain.OriginModel {
		out.Engine.Model = a.Model
	}
	return out, ok
}

// Of returns the writer for an engine that was fixed when a run was accepted.
func (w *Writers) Of(e domain.Origin) (out Writer, ok bool) {
	if e.Kind == domain.OriginComposer {
		return w.composer, true
	}
	out, ok = w.named(e.Provider)
	out.Engine = e
	return out, ok
}

func (w *Writers) named(provider string) (Writer, bool) {
	models := w.Models()
	i := slices.IndexFunc(models, func(m Writer) bool { return m.Engine.Provider == provider })
	if i < 0 {
		return Writer{}, false
	}
	return models[i], true
}
