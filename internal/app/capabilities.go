package app

import (
	"vellocity/internal/capability"
	"vellocity/internal/capability/blogpost"
)

// Capabilities lists what this program can be asked to do, in the order in which
// it is shown.
func Capabilities() []capability.Capability {
	return []capability.Capability{
		blogpost.New(),
	}
}
