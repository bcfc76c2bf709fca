// Package content has the rows about what was written: the board, content items, brand
// voices and agents.
package content

import (
	"slices"

	"vellocity/internal/api/wire"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
)

// Rows returns the area's rows. The profile has the workspace's time zone.
func Rows(v *content.Verbs, profile wire.Profile) []ops.Op {
	return slices.Concat(
		kanbanRows(v, profile), listRows(v, profile), searchRows(v), sourceRows(v), createRows(v),
		itemRows(v), imageRows(v), findingRows(v),
		commentRows(v), lineageRows(v), reviewLinkRows(v), brandVoiceRows(v), agentRows(v), checkRows(v),
		channelRows(v), publicationRows(v), boardRuleRows(v),
	)
}
