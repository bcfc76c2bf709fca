// Package content has the verbs around content items: the board, items and their
// versions, export and feed, and the brand voices and agents that they are written
// with.
package content

import (
	"net/url"

	"vellocity/internal/ai/external"
	"vellocity/internal/auth"
	"vellocity/internal/execution"
	"vellocity/internal/files"
	"vellocity/internal/publishing"
	"vellocity/internal/search"
	"vellocity/internal/store"
)

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store  *store.Store
	search *search.Search
	runner *execution.Runner // resumes executions that wait for a decision about an item
	// publicURL begins the addresses of published items, without a slash at the end.
	// Empty: they are not known.
	publicURL string
	reviewers *auth.Throttle        // of those without an account, by address
	publisher *publishing.Publisher // nil: there are no channels
	agents    *external.Agents      // nil: there are no external agents
	pdf       ReadPDF               // nil: PDFs are refused
	fetch     Fetch                 // nil: addresses of sources are not read
	files     files.Store           // of images; nil: there are none
}

// New returns the verbs. publicURL is the address of the server, without a slash at the
// end; empty where it is not known.
func New(s *store.Store, r *execution.Runner, publicURL string) *Verbs {
	return &Verbs{
		store:     s,
		search:    search.New(s),
		runner:    r,
		publicURL: publicURL,
		reviewers: auth.NewThrottle(reviewTries, reviewSpan, s.Now),
	}
}

// UseFiles sets where the files of images are.
func (v *Verbs) UseFiles(s files.Store) { v.files = s }

// FeedPath is the path of a workspace's feed.
func FeedPath(workspace string) string { return "/feeds/" + url.PathEscape(workspace) }

// FeedItemPath is the path of an item in a workspace's feed.
func FeedItemPath(workspace, slug string) string {
	return FeedPath(workspace) + "/items/" + url.PathEscape(slug)
}
