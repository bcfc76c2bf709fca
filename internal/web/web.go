// Package web is the dashboard. It lists the pages: each is a folder under pages/,
// and [ui] is the kernel that they share.
//
// The dashboard does nothing by itself: every action is a verb of the engine,
// called as the person whose session the browser holds.
package web

import (
	"vellocity/internal/web/pages/agent"
	"vellocity/internal/web/pages/agents"
	"vellocity/internal/web/pages/analytics"
	"vellocity/internal/web/pages/aws"
	"vellocity/internal/web/pages/board"
	"vellocity/internal/web/pages/brandvoice"
	"vellocity/internal/web/pages/brandvoices"
	"vellocity/internal/web/pages/calendar"
	"vellocity/internal/web/pages/campaigns"
	"vellocity/internal/web/pages/capabilities"
	"vellocity/internal/web/pages/capability"
	"vellocity/internal/web/pages/channels"
	"vellocity/internal/web/pages/chat"
	"vellocity/internal/web/pages/check"
	"vellocity/internal/web/pages/content"
	"vellocity/internal/web/pages/contents"
	"vellocity/internal/web/pages/deal"
	"vellocity/internal/web/pages/deals"
	"vellocity/internal/web/pages/execution"
	"vellocity/internal/web/pages/executions"
	"vellocity/internal/web/pages/image"
	"vellocity/internal/web/pages/images"
	"vellocity/internal/web/pages/keys"
	"vellocity/internal/web/pages/listing"
	"vellocity/internal/web/pages/listings"
	"vellocity/internal/web/pages/notifications"
	"vellocity/internal/web/pages/review"
	"vellocity/internal/web/pages/rules"
	"vellocity/internal/web/pages/sources"
	"vellocity/internal/web/pages/template"
	"vellocity/internal/web/pages/templateform"
	"vellocity/internal/web/pages/templates"
	"vellocity/internal/web/pages/trigger"
	"vellocity/internal/web/pages/triggers"
	"vellocity/internal/web/pages/unsubscribe"
	"vellocity/internal/web/pages/webhooks"
	"vellocity/internal/web/pages/write"
	"vellocity/internal/web/pages/writetemplate"
	"vellocity/internal/web/pages/writetext"
	"vellocity/internal/web/pages/writings"
	"vellocity/internal/web/ui"
)

// Options are what the dashboard is built from.
type Options = ui.Options

// Site is the dashboard.
type Site = ui.Site

// New builds the dashboard. It fails when the parts of a page do not match each
// other.
func New(o Options) (*Site, error) {
	return ui.New(o, pages()...)
}

// Uploads lists the paths of forms that take a file.
func Uploads() []string { return []string{images.Path} }

// pages lists every page, in the order of the menu.
func pages() []ui.Mount {
	return []ui.Mount{
		board.Mount,
		contents.Mount,
		calendar.Mount,
		campaigns.Mount,
		rules.Mount,
		listings.Mount,
		listing.Mount,
		deals.Mount,
		deal.Mount,
		analytics.Mount,
		executions.Mount,
		execution.Mount,
		notifications.Mount,
		content.Mount,
		brandvoices.Mount,
		brandvoice.Mount,
		sources.Mount,
		write.Mount,
		writetext.Mount,
		writetemplate.Mount,
		writings.Mount,
		chat.Mount,
		images.Mount,
		image.Mount,
		capabilities.Mount,
		capability.Mount,
		templates.Mount,
		template.Mount,
		templateform.Mount,
		check.Mount,
		agents.Mount,
		agent.Mount,
		triggers.Mount,
		trigger.Mount,
		channels.Mount,
		webhooks.Mount,
		aws.Mount,
		keys.Mount,
		review.Mount,
		unsubscribe.Mount,
	}
}
