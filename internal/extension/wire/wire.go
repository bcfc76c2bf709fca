// Package wire is what the kinds of channels have in common: what a channel gets and tells
// back, what can go wrong, and one HTTP exchange. Each kind is a codec over it, in a package
// of its own. A codec keeps nothing: whether and when to try again is its caller's decision,
// for which every error is a [*Fault].
package wire

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// Kind is a kind of channels: its form, and how a connection to one is made.
type Kind struct {
	Slug   domain.ChannelKind
	Name   string // what people call it
	Help   string // what a person needs before filling in the form, in a sentence or two
	Fields []Field
	Secret Field // its Name is "secret"
	// NewSecret makes the secret of a channel for which none was given; nil: it stays without.
	NewSecret func() domain.Secret
	// ValidSecret reports whether a secret has the form that Secret.Help describes; nil: any has.
	ValidSecret func(domain.Secret) bool
	// Types are what such a channel usually takes.
	Types []domain.ContentType
	// Connect makes a connection out of checked settings. It connects to nothing.
	Connect func(Config) Peer
	// Preview returns what the channel would show of a post. It asks nobody.
	Preview func(settings map[string]string, p Post) Preview
}

// Field is one setting of a kind.
type Field struct {
	Name     string // in the settings
	Label    string
	Help     string
	Required bool
	Address  bool     // it is the address that the connection leads to
	Default  string   // where it is left out
	Choices  []string // what is allowed; empty: any text
}

// Config is what a connection is made of.
type Config struct {
	Settings map[string]string // checked, with defaults
	Secret   domain.Secret
	HTTP     *http.Client // reaches only what the operator allows
	Now      func() time.Time
}

// Post is an item as a channel gets it: what is public of it.
type Post struct {
	domain.Snapshot
	UUID      string // the item's, for ever
	Key       string // of this publication: the same on each try, another one after each change
	ContentID int64
	Version   int
	Type      domain.ContentType
	HTML      string    // of the body, sanitized, with its images where the public feed shows them
	At        time.Time // when it was queued: the same on each try

	Images []Image // of the item, in its order
	// Render returns the body as HTML with its images at other addresses; nil: there are no images.
	Render func(address func(domain.ItemImage) string) string
	// Uploads are what earlier publications and tries have uploaded to the channel for the item.
	Uploads []domain.Upload
	// Keep stores an upload; nil: nothing is kept.
	Keep func(ctx context.Context, u domain.Upload) error
}

// Marker is what a post carries, out of sight of readers, so that it is found again.
func (p Post) Marker() string { return "vellocity:" + p.UUID }

// Ref names what a channel shows. An empty ID: nothing, as far as is known.
type Ref struct{ ID, URL string }

// Receipt is what a channel says after publishing.
type Receipt struct {
	Ref
	Notes []string // what it has changed or left out, in sentences
}

// Preview is what a channel would show.
type Preview struct {
	Parts []string // texts, or one HTML document, in the order in which they appear
	HTML  bool     // Parts are HTML
	Lost  []string // what of the item does not arrive there, in sentences
}

// Peer is a connection to one channel. Its errors are faults.
type Peer interface {
	// Check signs in and says as whom, and whether that is enough: "Ada (author) on My blog".
	Check(ctx context.Context) (string, error)
	// Put publishes a post, or replaces what is there. Where ref is empty it first looks for
	// what an earlier try may have left, so that no second post appears.
	Put(ctx context.Context, p Post, ref Ref) (Receipt, error)
	// Remove takes a post back. It is no error when it is gone already.
	Remove(ctx context.Context, p Post, ref Ref) error
}

// FaultKind says what to do about a fault.
type FaultKind int

// The kinds of faults.
const (
	Again    FaultKind = iota // it may pass: try again
	Settings                  // the channel's settings are wrong, for every post: a person must change them
	Refused                   // this post is refused: a person must look at it
)

// Fault is why a channel did not do what it was asked, in words for people. It holds no
// secret.
type Fault struct {
	Kind    FaultKind
	Message string
	After   time.Duration // the least time until another try, where the channel has said so
}

// Error returns the message.
func (f *Fault) Error() string { return f.Message }

// Faultf returns a fault with a message.
func Faultf(kind FaultKind, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Check notes what is wrong with the settings, under "settings.<name>", and returns them
// without blanks and with the defaults. Whether the address may be reached is not checked.
func (k Kind) Check(p *domain.Problems, given map[string]string) map[string]string {
	out, names := map[string]string{}, []string{}
	for _, f := range k.Fields {
		names = append(names, f.Name)
		value, path := strings.TrimSpace(given[f.Name]), "settings."+f.Name
		if value == "" {
			value = f.Default
		}
		if value == "" {
			if f.Required {
				p.Required(path)
			}
			continue
		}
		domain.LimitURL.Text(p, path, value)
		if len(f.Choices) > 0 && !slices.Contains(f.Choices, value) {
			p.NotOneOf(path, f.Choices)
		}
		out[f.Name] = value
	}
	for name := range given {
		if !slices.Contains(names, name) {
			p.Unknown("settings", "setting of a "+k.Name+" channel", name, names)
		}
	}
	return out
}

// Address returns the setting that the connection leads to, and its name.
func (k Kind) Address(settings map[string]string) (name, address string) {
	for _, f := range k.Fields {
		if f.Address {
			return f.Name, settings[f.Name]
		}
	}
	return "", ""
}
