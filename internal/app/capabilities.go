package app

import (
	"vellocity/internal/capability"
	"vellocity/internal/capability/blogpost"
	"vellocity/internal/capability/campaign"
	"vellocity/internal/capability/email"
	"vellocity/internal/capability/image"
	"vellocity/internal/capability/landing"
	"vellocity/internal/capability/listingaudit"
	"vellocity/internal/capability/outline"
	"vellocity/internal/capability/product"
	"vellocity/internal/capability/publish"
	"vellocity/internal/capability/readability"
	"vellocity/internal/capability/refresh"
	"vellocity/internal/capability/repurpose"
	"vellocity/internal/capability/review"
	"vellocity/internal/capability/schedule"
	"vellocity/internal/capability/seoreport"
	"vellocity/internal/capability/social"
	"vellocity/internal/capability/translate"
	"vellocity/internal/capability/voicecheck"
)

// Capabilities lists what this program can be asked to do, in the order in which
// it is shown.
func Capabilities() []capability.Capability {
	return []capability.Capability{
		blogpost.New(),
		social.New(),
		image.New(),
		outline.New(),
		email.New(),
		product.New(),
		landing.New(),
		repurpose.New(),
		translate.New(),
		publish.New(),
		schedule.New(),
		seoreport.New(),
		voicecheck.New(),
		readability.New(),
		review.New(),
		refresh.New(),
		campaign.New(),
		listingaudit.New(),
	}
}
