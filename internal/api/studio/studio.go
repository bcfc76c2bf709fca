// Package studio has the rows for writing without a capability: texts from a free
// prompt.
package studio

import (
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(v *studio.Verbs) []ops.Op { return textRows(v) }
