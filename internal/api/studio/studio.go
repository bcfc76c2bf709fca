// Package studio has the rows for writing without a capability: texts from a free
// prompt.
package studio

import (
	"vellocity/internal/engine"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(e *engine.Engine) []ops.Op { return textRows(e) }
