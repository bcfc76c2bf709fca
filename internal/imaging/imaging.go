// Package imaging makes the pictures that were asked for: a job for each generation. It asks the
// provider, waits for what the provider works on, stores the files, records what became of each
// picture, and charges for those that were made, once.
//
// A job works in rounds. Each round first asks for what earlier submissions have paid for, by their
// tickets, then submits what is still missing, and records each answer in a transaction of its own.
// Whatever is left is for the next round. So a process may end at any line: what was recorded stays,
// a submission with a ticket is asked for again, and only one without may be made twice. What comes
// after is refused by the generation's epoch.
package imaging

import (
	"log/slog"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/files"
	"vellocity/internal/image"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// JobKind is the kind of the jobs that make pictures.
const JobKind = "generate-images"

// Engine is what callers can ask for pictures.
type Engine struct {
	Name  domain.ImageEngine
	Label string // for people: "DALL·E (OpenAI)"
	Kind  image.Kind
	Model string // that is asked
	// Client asks the provider; nil: it is not connected, and placeholders are drawn.
	Client *image.Client
}

// Connected reports whether a model makes the pictures.
func (e Engine) Connected() bool { return e.Client != nil }

// Options are what a Maker needs.
type Options struct {
	Store   *store.Store
	Files   files.Store
	Engines []Engine
	Log     *slog.Logger
	// Pause is the least time between two rounds; 0 means 5 s.
	Pause time.Duration
}

// Maker makes pictures. It is safe for use by several goroutines.
type Maker struct {
	Options
	queue *queue.Queue
}

// New returns a maker. Without [Maker.UseQueue] it makes nothing.
func New(o Options) *Maker {
	if o.Pause == 0 {
		o.Pause = 5 * time.Second
	}
	return &Maker{Options: o}
}

// UseQueue sets the queue whose jobs make pictures; it takes [Maker.Work] for [JobKind].
func (m *Maker) UseQueue(q *queue.Queue) { m.queue = q }

// Engine returns an engine by its name; ok is false where there is none.
func (m *Maker) Engine(name domain.ImageEngine) (Engine, bool) {
	i := slices.IndexFunc(m.Engines, func(e Engine) bool { return e.Name == name })
	if i < 0 {
		return Engine{}, false
	}
	return m.Engines[i], true
}

// Choose returns an engine by its name; without one, the first that is connected, else the first.
func (m *Maker) Choose(name domain.ImageEngine) Engine {
	if e, ok := m.Engine(name); ok {
		return e
	}
	if i := slices.IndexFunc(m.Engines, Engine.Connected); i >= 0 {
		return m.Engines[i]
	}
	return m.Engines[0]
}

// fileGrace is how long a file stays that no row names yet.
const fileGrace = 24 * time.Hour
