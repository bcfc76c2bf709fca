// Package work has the rows about asking for work and following it: capabilities,
// executions, templates and triggers.
package work

import (
	"slices"

	"vellocity/internal/api/wire"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
)

// Rows returns the area's rows. The profile has the workspace's time zone.
func Rows(v *work.Verbs, profile wire.Profile) []ops.Op {
	return slices.Concat(capabilityRows(v), executionRows(v, profile), templateRows(v), triggerRows(v))
}
