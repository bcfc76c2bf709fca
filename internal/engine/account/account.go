// Package account has the verbs around a workspace itself: its profile, keys, webhooks and
// credits, its members' notifications, and what the first start of an installation
// creates.
package account

import (
	"vellocity/internal/auth"
	"vellocity/internal/store"
	"vellocity/internal/webhook"
)

// Options are what the verbs need.
type Options struct {
	Store *store.Store
	Keys  *auth.Keys  // forgets keys that have changed
	Vault *auth.Vault // reads the links of e-mails
	// Webhooks sends to webhooks.
	Webhooks *webhook.Sender
	// Email says that this server sends e-mails.
	Email bool
}

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store    *store.Store
	keys     *auth.Keys
	vault    *auth.Vault
	webhooks *webhook.Sender
	email    bool
}

// New returns the verbs.
func New(o Options) *Verbs { return &Verbs{o.Store, o.Keys, o.Vault, o.Webhooks, o.Email} }
