// Package account has the rows about the workspace itself: profile, credits, API keys.
package account

import (
	"slices"

	"vellocity/internal/engine"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(e *engine.Engine) []ops.Op {
	return slices.Concat(profileRows(e), creditRows(e), keyRows(e))
}
