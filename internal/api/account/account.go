// Package account has the rows about the workspace itself: profile, credits, API keys,
// webhooks, and the notifications of its members.
package account

import (
	"slices"

	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
)

// Rows returns the area's rows.
func Rows(v *account.Verbs) []ops.Op {
	return slices.Concat(profileRows(v), creditRows(v), keyRows(v), webhookRows(v), notificationRows(v))
}
