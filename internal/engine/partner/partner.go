// Package partner has the verbs about selling with AWS: listings of AWS Marketplace and their scores, co-sell
// opportunities, and analytics of the workspace. All of it works on local data; a connection to AWS adds to it.
package partner

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"vellocity/internal/awssync"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store *store.Store
	aws   *awssync.Syncer // nil: nobody can connect to AWS
}

// New returns the verbs.
func New(st *store.Store) *Verbs { return &Verbs{store: st} }

// errStale says that what a change was prepared for has been changed meanwhile.
var errStale = errors.New("somebody else was faster")

// mostTries is how often a change is prepared again because somebody else was faster.
const mostTries = 20

// whileStale tries a change until nobody else was faster.
func whileStale[T any](try func() (T, error)) (out T, err error) {
	for range mostTries {
		if out, err = try(); !errors.Is(err, errStale) {
			return out, err
		}
	}
	return out, domain.Errorf(domain.CodeConflict, "Others keep changing this. Read it again, then retry")
}

// checkAddress notes a fault unless the address is empty or one of the schemes, with a host.
func checkAddress(p *domain.Problems, path, address string, schemes ...string) {
	if address == "" {
		return
	}
	domain.LimitURL.Text(p, path, address)
	u, err := url.Parse(address)
	for _, s := range schemes {
		if err == nil && u.Scheme == s && u.Host != "" && u.User == nil {
			return
		}
	}
	p.Format(path, "an address such as "+schemes[0]+"://example.com/page")
}

// checkDay notes a fault unless the text is empty or a day.
func checkDay(p *domain.Problems, path, text string) (day time.Time) {
	day, err := time.Parse(time.DateOnly, text)
	if text != "" && err != nil {
		p.Format(path, "a day such as 2026-03-01")
	}
	return day
}

// trimAll trims texts in place.
func trimAll(texts ...*string) {
	for _, t := range texts {
		*t = strings.TrimSpace(*t)
	}
}

func tooMany(noun string, most int) error {
	return domain.Errorf(domain.CodeConflict,
		"A workspace has at most %d %s. Delete one that is not used any more first.", most, noun).With("limit", most)
}

func subject(workspaceID int64) domain.Subject { return domain.Subject{WorkspaceID: workspaceID} }
