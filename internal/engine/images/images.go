// Package images has the verbs about images: what is asked of image models, what came of it, and
// the pictures themselves. Package imaging makes them, in the background.
package images

import (
	"vellocity/internal/domain"
	"vellocity/internal/files"
	"vellocity/internal/imaging"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Options are what the verbs need.
type Options struct {
	Store *store.Store
	Maker *imaging.Maker
	Files files.Store
	Hub   *live.Hub
	Node  verb.Node
}

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store *store.Store
	maker *imaging.Maker
	files files.Store
	hub   *live.Hub
	node  verb.Node
}

// New returns the verbs.
func New(o Options) *Verbs {
	return &Verbs{store: o.Store, maker: o.Maker, files: o.Files, hub: o.Hub, node: o.Node}
}

// Engine is an engine as a caller sees it.
type Engine struct {
	Name      domain.ImageEngine
	Label     string // for people
	Model     string // that is asked
	Connected bool   // otherwise placeholders are drawn
	// KeyVariable is the environment variable that connects it.
	KeyVariable string
	// Fields are what it takes, by the names of the API, in the order of a form.
	Fields []string
}
