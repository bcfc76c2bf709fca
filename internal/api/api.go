// Package api lists the rows of the operation table. They stand in a package per area
// (work, content, studio, account), a file per noun: each names its verb and has its
// input, what callers see, and a sample to make examples from. Adding an operation is
// adding a row there; its route, tool, command and documents come from the row.
package api

import (
	"slices"

	"vellocity/internal/api/account"
	"vellocity/internal/api/content"
	"vellocity/internal/api/studio"
	"vellocity/internal/api/work"
	"vellocity/internal/engine"
	"vellocity/internal/ops"
)

// Rows returns the rows of all areas, in the order in which documents list them. The
// zero engine serves for rows that are only read: for commands and documents.
func Rows(e engine.Engine) []ops.Op {
	return slices.Concat(
		account.Rows(e.Account),
		work.Rows(e.Work, e.Account.Profile),
		content.Rows(e.Content, e.Account.Profile),
		studio.Rows(e.Studio),
	)
}

// Description introduces the API in its documents.
const Description = `Vellocity is a self-hosted engine for AI content work. Ask for a capability, follow the durable execution, move its content items across the board, and publish them.

Every JSON response has the same envelope: ` + "`success`, `data` and `meta`, or `success: false` and `error`" + `. Send your key as ` + "`Authorization: Bearer <key>`" + `. A field or parameter that does not exist is refused with 422 and named.`

// Instructions explain to a model how to use the MCP tools.
const Instructions = `Vellocity writes, checks and publishes content. ` +
	`Find a capability with list_capabilities, or use its own tool such as generate_blog_post. ` +
	`Each call starts a durable execution: pass wait to get its end in the same call, or poll get_execution. ` +
	`Then get_execution_assets and get_content_item return the texts, and move_content moves them from generated ` +
	`through review and ready to published. An id in an answer belongs to ` +
	`the thing that its type names: an execution's id is not a content item's id.`
