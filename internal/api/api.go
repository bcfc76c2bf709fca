// Package api lists the rows of the operation table. They stand in a package per area
// (work, content, studio, images, calendar, account), a file per noun: each names its verb and has its
// input, what callers see, and a sample to make examples from. Adding an operation is
// adding a row there; its route, tool, command and documents come from the row.
package api

import (
	_ "embed" // the guide
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/api/account"
	"vellocity/internal/api/calendar"
	"vellocity/internal/api/content"
	"vellocity/internal/api/images"
	"vellocity/internal/api/partner"
	"vellocity/internal/api/studio"
	"vellocity/internal/api/work"
	"vellocity/internal/domain"
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
		images.Rows(e.Images),
		partner.Rows(e.Partner, e.Account.Profile),
		calendar.Rows(e.Calendar, e.Account.Profile),
	)
}

// Messages describes the requests that the server sends.
func Messages() []ops.Message { return account.Messages() }

//go:embed guide.md
var guide string

// Description introduces the API in its documents: what holds for every operation. It is
// Markdown.
func Description() string {
	var codes, plans strings.Builder
	codes.WriteString("| code | status | for example |\n|---|---|---|\n")
	for _, c := range domain.CodeInfos() {
		fmt.Fprintf(&codes, "| `%s` | %d | %s |\n", c.Code, c.Status, c.Example)
	}
	plans.WriteString("| plan | per minute | per day |\n|---|---|---|\n")
	for _, p := range domain.Plans() {
		l := p.Limits()
		fmt.Fprintf(&plans, "| %s | %d | %d |\n", p, l.PerMinute, l.PerDay)
	}
	return strings.TrimSpace(strings.NewReplacer(
		"{{codes}}", strings.TrimSpace(codes.String()),
		"{{plans}}", strings.TrimSpace(plans.String()),
		"{{body}}", strconv.Itoa(ops.MaxBody),
		"{{per_page}}", strconv.Itoa(domain.LimitPerPage.Max),
		"{{per_column}}", strconv.Itoa(domain.LimitPerColumn.Max),
		"{{wait}}", strconv.Itoa(domain.LimitWait.Max),
	).Replace(guide))
}

// Instructions explain to a model how to use the MCP tools.
const Instructions = `Vellocity writes, checks and publishes content. ` +
	`Find a capability with list_capabilities, or use its own tool such as generate_blog_post. ` +
	`Each call starts a durable execution: pass wait to get its end in the same call, or poll get_execution. ` +
	`Then get_execution_assets and get_content_item return the texts, and move_content moves them from generated ` +
	`through review and ready to published. An id in an answer belongs to ` +
	`the thing that its type names: an execution's id is not a content item's id.`
