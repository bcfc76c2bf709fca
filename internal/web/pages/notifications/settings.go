package notifications

import (
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

// settings is the form of what a person gets.
type settings struct {
	Sends   bool   // this server sends e-mails
	Address string // where they go now; empty: nowhere
	Email   string // the address that the person chose
	Kinds   []kind
	Problem string // why the form was refused
}

// kind is one line of the form.
type kind struct {
	Kind  domain.NotificationKind
	Label string
	App   bool
	Email []ui.Choice
}

var labels = map[domain.NotificationKind]string{
	domain.NotifyCompleted:   "An execution that I asked about is complete",
	domain.NotifyFailed:      "An execution of mine failed",
	domain.NotifyWaiting:     "An execution needs review",
	domain.NotifyCreditsLow:  "Credits are low (owners and admins)",
	domain.NotifyPaused:      "A trigger of mine paused itself after failures",
	domain.NotifyUnpublished: "A channel failed to publish an item (for those who may publish)",
	domain.NotifyWebhook:     "A webhook of mine fails",
	domain.NotifyWebhookOff:  "A webhook of mine was switched off because it failed",
}

func settingsOf(s account.NotificationSettings) settings {
	out := settings{Sends: s.Sends, Address: s.Address, Email: s.Email}
	for _, k := range domain.NotificationKinds() {
		c := s.Choice(k)
		out.Kinds = append(out.Kinds, kind{k, labels[k], c.App, emailChoices(c.Email)})
	}
	return out
}

func emailChoices(on domain.EmailMode) []ui.Choice {
	return []ui.Choice{
		{Value: string(domain.EmailOff), Label: "No e-mail", On: on == domain.EmailOff},
		{Value: string(domain.EmailImmediate), Label: "E-mail at once", On: on == domain.EmailImmediate},
		{Value: string(domain.EmailDigest), Label: "In the daily digest", On: on == domain.EmailDigest},
	}
}
