// Package image gets pictures from image models.
//
// A provider is a codec in a package of its own (internal/extension/openaiimages and its
// neighbours): it turns a [Request] into an [Answer], and makes one exchange at a time. A
// [Client] does the rest, the same for all of them: how many submissions run at once, the
// polling, the download from the provider's own hosts, the check of every byte that came,
// and the mark that says that a model made the picture. No picture leaves the package
// without the check and the mark.
//
// A caller that must survive a restart stores the [Ticket] when it is handed out, and calls
// [Client.Resume] with it afterwards.
package image

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Kind is a kind of image providers: what it can do, and how a connection is made.
type Kind struct {
	Slug    string
	Label   string // what people call it
	BaseURL string // where its API is unless the configuration says otherwise
	Model   string // unless the configuration or the request names one
	// Hosts are where it keeps pictures, besides the host of its base URL. One that
	// begins with a dot stands for all hosts below it.
	Hosts []string
	// Tasks are what it can be asked for.
	Tasks []domain.ImageTask
	// AtOnce is how many pictures one submission may ask for.
	AtOnce int
	// Parallel is how many submissions may be in flight. Providers answer more with 429.
	Parallel int
	// Connect makes a connection. It connects to nothing.
	Connect func(Config) Service
}

// KeyVariable is the environment variable that holds the key of the installation.
func (k Kind) KeyVariable() string { return strings.ToUpper(k.Slug) + "_API_KEY" }

// Can reports whether the provider takes on a task.
func (k Kind) Can(t domain.ImageTask) bool { return slices.Contains(k.Tasks, t) }

// Split divides count pictures among submissions: the sizes of each, in order.
func (k Kind) Split(count int) (sizes []int) {
	most := max(k.AtOnce, 1)
	for ; count > 0; count -= most {
		sizes = append(sizes, min(count, most))
	}
	return sizes
}

// Config is what a connection is made of.
type Config struct {
	BaseURL string // empty: the kind's
	Model   string // empty: the kind's
	Key     domain.Secret
	HTTP    *http.Client // for the provider's API; it follows no redirects
}

// Request is what is asked for in one submission. Sizes are in pixels.
type Request struct {
	Task        domain.ImageTask // empty: from text
	Model       string           // empty: the connection's
	Description string
	Style       string // such as "watercolor"
	Lighting    string
	Mood        string
	Negative    string // what must not be in it; providers without such a field get it in words
	Preset      string // a style by the provider's own name
	// Width and Height are wishes: providers with a list of sizes or ratios use the nearest.
	// 0: the provider's own.
	Width, Height int
	High          bool // a better quality, slower and dearer
	Count         int  // at most the kind's AtOnce; 0 means 1
	Seed          *int64
	Source        *Picture // for tasks that begin with a picture; it went through [Verify]
	Strength      float64  // 0 to 1, how far the result may be from the source; 0: the provider's own
	// User is a hash that stands for the person who asks, for the provider's own checks;
	// never a name or an address.
	User string
}

// Number returns how many pictures are asked for.
func (r Request) Number() int { return max(r.Count, 1) }

// Prompt returns the description with style, lighting and mood, for providers that have no
// fields for them.
func (r Request) Prompt() string {
	parts := []string{strings.TrimSpace(r.Description)}
	for _, p := range []struct{ name, value string }{
		{"Style", r.Style}, {"Lighting", r.Lighting}, {"Mood", r.Mood},
	} {
		if v := strings.TrimSpace(p.value); v != "" {
			parts = append(parts, p.name+": "+strings.TrimSuffix(v, ".")+".")
		}
	}
	return strings.Join(parts, "\n")
}

// PromptWithout is the prompt with what must not be in the picture in words.
func (r Request) PromptWithout() string {
	if r.Negative == "" {
		return r.Prompt()
	}
	return r.Prompt() + "\nThe picture does not contain: " + strings.TrimSuffix(r.Negative, ".") + "."
}

// Service is a connection to one provider. Each function makes one exchange. An error is a
// [*Failure]; what a filter held back is no error but a [Moderation].
type Service struct {
	// Submit sends a request.
	Submit func(context.Context, Request) (Answer, error)
	// Poll asks what became of a submission. Nil: the answer to Submit is always final.
	Poll func(context.Context, Ticket) (Answer, error)
}

// Ticket names a submission that the provider works on. It holds no key, and can be stored
// as JSON.
type Ticket struct {
	ID    string           `json:"id"`
	URL   string           `json:"url"`   // to poll
	Count int              `json:"count"` // pictures asked for
	Model string           `json:"model"`
	Task  domain.ImageTask `json:"task"`
	// MicroUSD is the cost in millionths of a US dollar, as the provider said when it took
	// the request; nil: it did not say. PriceVersion says by which prices.
	MicroUSD     *int64 `json:"micro_usd,omitempty"`
	PriceVersion string `json:"price_version,omitempty"`
}

func (t Ticket) cost() domain.Cost {
	if t.MicroUSD == nil {
		return domain.Cost{}
	}
	return domain.Cost{MicroUSD: *t.MicroUSD, PriceVersion: t.PriceVersion, Known: true}
}

// Answer is what a provider says to one exchange.
type Answer struct {
	// Ticket is set while there is no result yet.
	Ticket *Ticket
	// Moderated is set where the filter held back everything.
	Moderated *Moderation
	Results   []Result
	Model     string // as the provider names it; empty: it does not say
	RequestID string
	Usage     Usage
	Cost      domain.Cost // zero: the provider does not say
	// ShrinkTo is the longer edge that pictures are scaled down to, where the provider
	// has no such small size; 0: they stay as they are.
	ShrinkTo int
}

// Usage counts tokens, for providers that charge by them.
type Usage struct{ InputTokens, OutputTokens int64 }

// Result is one picture of an answer: its bytes, where to fetch them, or why there are none.
type Result struct {
	Data      []byte
	URL       string
	Moderated *Moderation
	Seed      *int64
	Prompt    string // what the provider made of the description; empty: the same
}

// allowed reports whether a picture, or a place to poll, may be fetched from raw: over
// HTTPS on the usual port, or on the very server that the base URL names.
func allowed(raw, base string, hosts []string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return false
	}
	if b, err := url.Parse(base); err == nil && u.Scheme == b.Scheme && strings.EqualFold(u.Host, b.Host) {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") &&
		slices.ContainsFunc(hosts, func(h string) bool {
			return host == h || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h)
		})
}

// Allowed reports whether an address that the provider sent leads to the provider: only
// then may it get the key, or be read from.
func (k Kind) Allowed(raw string, c Config) bool {
	return allowed(raw, firstOf(c.BaseURL, k.BaseURL), k.Hosts)
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
