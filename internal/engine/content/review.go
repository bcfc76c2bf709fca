package content

import (
	"cmp"
	"context"
	"net/netip"
	"strings"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// How often one address may try a link that does not work, or send something with one
// that does.
const (
	reviewTries = 30
	reviewSpan  = time.Minute
)

// Review is what the reviewer of a link sees: one version of one item, and nothing else
// of the workspace but its name.
type Review struct {
	Link      domain.ReviewLink
	Workspace string
	Title     string
	Body      string // Markdown
	Language  string // BCP 47; empty: not known
	Findings  []domain.Finding
	Newer     bool             // the item has a newer version, so nothing can be decided here
	Comments  []domain.Comment // those that were written with this link
}

// ReviewCall is a call with the secret of a review link, from an address.
type ReviewCall struct {
	Secret  string
	Address netip.Addr
}

// Review returns what a link shows. It needs no account. A link that does not exist, has
// expired, was revoked, or whose creator may no longer review is NOT_FOUND, without saying
// which; too many of these from one address are RATE_LIMITED.
func (v *Verbs) Review(ctx context.Context, in ReviewCall) (Review, error) {
	if err := v.throttled(in); err != nil {
		return Review{}, err
	}
	q := v.store.Read()
	l, err := v.reviewLink(ctx, q, in)
	if err != nil {
		return Review{}, err
	}
	return review(ctx, q, l)
}

func (v *Verbs) throttled(in ReviewCall) error {
	wait := v.reviewers.Blocked(auth.AddressKey(in.Address))
	if wait == 0 {
		return nil
	}
	e := domain.Errorf(domain.CodeRateLimited, "Too many attempts from your address. Try again in a minute.")
	e.RetryAfter = wait
	return e
}

// reviewLink returns the link of a call if it works. A failure counts against the address.
func (v *Verbs) reviewLink(ctx context.Context, q store.Q, in ReviewCall) (domain.ReviewLink, error) {
	l, ok, err := q.ReviewLinkByHash(ctx, auth.Hash(in.Secret))
	if err != nil {
		return l, err
	}
	now := v.store.Now()
	if ok && l.Live(now) {
		creator, err := q.PresentActor(ctx, l.WorkspaceID, l.Creator, now)
		if err != nil {
			return l, err
		}
		if creator.May(domain.ScopeReview) {
			return l, nil
		}
	}
	v.reviewers.Add(auth.AddressKey(in.Address))
	return domain.ReviewLink{}, domain.Errorf(domain.CodeNotFound,
		"This review link does not work. It may have expired. Ask the person who sent it for a new one.")
}

func review(ctx context.Context, q store.Q, l domain.ReviewLink) (Review, error) {
	out := Review{Link: l}
	w, err := q.Workspace(ctx, l.WorkspaceID)
	if err != nil {
		return out, err
	}
	c, err := q.Content(ctx, l.WorkspaceID, l.ContentID)
	if err != nil {
		return out, err
	}
	version, err := q.ContentVersion(ctx, l.ContentID, l.Version)
	if err != nil {
		return out, err
	}
	out.Workspace, out.Title, out.Body = w.Name, version.Title, version.Body
	out.Language, out.Newer = cmp.Or(version.Language, c.Language), c.Version != l.Version
	for _, f := range guard.Identified(version.Body, version.Findings) {
		if f.Accepted == nil { // who accepted which, and why, stays in the workspace
			out.Findings = append(out.Findings, f)
		}
	}
	out.Comments, err = q.CommentsOf(ctx, l.WorkspaceID, l.ContentID, domain.ActorReviewer, l.ID)
	return out, err
}

// DecideReview is the decision of a reviewer without an account.
type DecideReview struct {
	ReviewCall
	Decision domain.ReviewDecision
	Name     string // that the reviewer gives; required
	Reason   string // required to reject
}

// DecideReview records the decision of a link's reviewer: see [item.Review]. It is CONFLICT
// where the item has a newer version, or another decision was made with the link. It needs
// no account.
func (v *Verbs) DecideReview(ctx context.Context, in DecideReview) (Review, error) {
	in.Name, in.Reason = strings.TrimSpace(in.Name), strings.TrimSpace(in.Reason)
	var p domain.Problems
	domain.LimitReviewer.Text(&p, "name", in.Name)
	if in.Decision == "" {
		p.Required("decision")
	}
	domain.CheckEnum(&p, "decision", in.Decision)
	if in.Decision == domain.ReviewRejected {
		domain.LimitAcceptance.Text(&p, "reason", in.Reason)
	} else {
		domain.LimitReason.Text(&p, "reason", in.Reason)
	}
	return v.reviewed(ctx, in.ReviewCall, in.Name, p.Err(),
		func(ctx context.Context, tx *store.Tx, c domain.ContentItem, l domain.ReviewLink) error {
			switch {
			case l.Decision == in.Decision && l.DecidedBy == in.Name: // a double click
				return nil
			case l.Decision != "":
				return domain.Errorf(
					domain.CodeConflict,
					"This version was already %s with this link, by %s.",
					l.Decision,
					l.DecidedBy,
				)
			case c.Version != l.Version:
				return domain.Errorf(domain.CodeConflict,
					"The text has changed since this link was created. Ask the person who sent it for a new one.")
			}
			l.Decision, l.DecidedBy, l.DecidedAt, l.Reason = in.Decision, in.Name, tx.Now(), in.Reason
			if _, err := item.Review(ctx, tx, c, l); err != nil {
				return err
			}
			return v.runner.Wake(ctx, tx, c.WorkspaceID, c.ID)
		})
}

// CommentReview is a comment of a reviewer without an account.
type CommentReview struct {
	ReviewCall
	Name string // that the reviewer gives; required
	Body string // plain text; required
}

// mostReviewComments is how many comments can be written with one link.
const mostReviewComments = 100

// CommentReview adds a comment of a link's reviewer about the version that the link shows.
// It needs no account.
func (v *Verbs) CommentReview(ctx context.Context, in CommentReview) (Review, error) {
	in.Name, in.Body = strings.TrimSpace(in.Name), strings.TrimSpace(in.Body)
	var p domain.Problems
	domain.LimitReviewer.Text(&p, "name", in.Name)
	domain.LimitComment.Text(&p, "comment", in.Body)
	return v.reviewed(ctx, in.ReviewCall, in.Name, p.Err(),
		func(ctx context.Context, tx *store.Tx, c domain.ContentItem, l domain.ReviewLink) error {
			before, err := tx.CommentsOf(ctx, l.WorkspaceID, l.ContentID, domain.ActorReviewer, l.ID)
			if err != nil {
				return err
			}
			if n := len(before); n > 0 && before[n-1].Body == in.Body { // a double click
				return nil
			}
			if len(before) >= mostReviewComments {
				return domain.Errorf(domain.CodeConflict, "This link has reached its limit of %d comments.", mostReviewComments)
			}
			_, err = item.Comment(ctx, tx, c, domain.Comment{Body: in.Body, Version: l.Version})
			return err
		})
}

// reviewed runs a change as the reviewer of a link, and returns what the link then shows.
// faults are those of the input; a link that does not work comes first.
func (v *Verbs) reviewed(
	ctx context.Context, in ReviewCall, name string, faults error,
	do func(ctx context.Context, tx *store.Tx, c domain.ContentItem, l domain.ReviewLink) error,
) (out Review, err error) {
	if err := v.throttled(in); err != nil {
		return out, err
	}
	if _, err := v.reviewLink(ctx, v.store.Read(), in); err != nil {
		return out, err
	}
	v.reviewers.Add(auth.AddressKey(in.Address))
	if faults != nil {
		return out, faults
	}
	var id, workspaceID int64
	err = v.store.InTx(ctx, func(tx *store.Tx) error {
		l, err := v.reviewLink(ctx, tx.Q, in)
		if err != nil {
			return err
		}
		c, err := tx.LockContent(ctx, l.WorkspaceID, l.ContentID)
		if err != nil {
			return err
		}
		if l, err = v.reviewLink(ctx, tx.Q, in); err != nil { // nobody changes it now
			return err
		}
		id, workspaceID = l.ID, l.WorkspaceID
		return do(domain.WithActor(ctx, domain.ReviewerActor(l, name)), tx, c, l)
	})
	if err != nil {
		return out, err
	}
	l, err := v.store.Read().ReviewLink(ctx, workspaceID, id)
	if err != nil {
		return out, err
	}
	return review(ctx, v.store.Read(), l)
}
