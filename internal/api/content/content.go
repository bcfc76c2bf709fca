// Package content has the rows about what was written: the board, content items, brand
// voices and agents.
package content

import (
	"slices"

	"vellocity/internal/engine"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(e *engine.Engine) []ops.Op {
	return slices.Concat(kanbanRows(e), itemRows(e), brandVoiceRows(e), agentRows(e))
}
