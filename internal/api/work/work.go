// Package work has the rows about asking for work and following it: capabilities and
// executions.
package work

import (
	"slices"

	"vellocity/internal/engine"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(e *engine.Engine) []ops.Op {
	return slices.Concat(capabilityRows(e), executionRows(e))
}
