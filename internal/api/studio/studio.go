// Package studio has the rows for writing without a capability: texts from a free
// prompt or a template, the templates, what was written, and chats.
package studio

import (
	"slices"

	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(v *studio.Verbs) []ops.Op {
	return slices.Concat(textRows(v), buildRows(v), outputRows(v), templateRows(v),
		chatRows(v), chatMessageRows(v), chatTemplateRows(v))
}
