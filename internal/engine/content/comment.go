package content

import (
	"context"
	"time"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListComments pages through an item's comments.
type ListComments struct {
	ID   int64 // of the item
	Page domain.Page
}

// Comments returns a page of an item's comments, oldest first.
func (v *Verbs) Comments(ctx context.Context, in ListComments) (domain.List[domain.Comment], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Comment]{}, err
	}
	q := v.store.Read()
	if err := mustExist(ctx, q, a.WorkspaceID, in.ID); err != nil {
		return domain.List[domain.Comment]{}, err
	}
	return q.Comments(ctx, a.WorkspaceID, in.ID, in.Page)
}

// mustExist returns NOT_FOUND unless the workspace has the item.
func mustExist(ctx context.Context, q store.Q, workspaceID, id int64) error {
	missing, err := q.MissingContent(ctx, workspaceID, []int64{id})
	if err == nil && len(missing) > 0 {
		return domain.NotFound("Content item")
	}
	return err
}

// CommentOf names a comment about an item.
type CommentOf struct {
	ID      int64 // of the item
	Comment int64
	verb.Precondition
}

// Comment returns one comment.
func (v *Verbs) Comment(ctx context.Context, in CommentOf) (domain.Comment, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Comment{}, err
	}
	q := v.store.Read()
	if err := mustExist(ctx, q, a.WorkspaceID, in.ID); err != nil {
		return domain.Comment{}, err
	}
	return q.Comment(ctx, a.WorkspaceID, in.ID, in.Comment)
}

// AddComment is what a caller says about an item.
type AddComment struct {
	ID      int64  // of the item
	Body    string // plain text; required
	Version int    // that it is about; 0: the present one
	Passage domain.Passage
}

// AddComment adds a comment about a version of an item, or about a passage of its text.
// It changes neither the item nor its revision. It takes the scope content or publish.
func (v *Verbs) AddComment(ctx context.Context, in AddComment) (domain.Comment, error) {
	a, err := verb.Caller(ctx, domain.ScopeReview)
	if err != nil {
		return domain.Comment{}, err
	}
	q := v.store.Read()
	c, err := q.Content(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return domain.Comment{}, err
	}
	said, err := comment(ctx, q, c, in)
	if err != nil {
		return domain.Comment{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (domain.Comment, error) {
		c, err := tx.LockContent(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return domain.Comment{}, err
		}
		return item.Comment(ctx, tx, c, said)
	})
}

// comment checks a comment against the version that it is about, which never changes, and
// takes the words of its passage from there.
func comment(ctx context.Context, q store.Q, c domain.ContentItem, in AddComment) (domain.Comment, error) {
	var p domain.Problems
	domain.LimitComment.Text(&p, "body", in.Body)
	said := domain.Comment{Body: in.Body, Version: c.Version, Passage: in.Passage}
	text := c.Body
	if in.Version != 0 && in.Version != c.Version {
		version, err := q.ContentVersion(ctx, c.ID, in.Version)
		switch {
		case domain.CodeOf(err) == domain.CodeNotFound:
			p.Add("version", "The item has no version %d; its latest is %d", in.Version, c.Version)
			return said, p.Err()
		case err != nil:
			return said, err
		}
		said.Version, text = in.Version, version.Body
	}
	domain.CheckPassage(&p, "anchor", in.Passage, utf8.RuneCountInString(text))
	said.Quote = in.Passage.Of(text)
	return said, p.Err()
}

// EditComment changes what a comment says.
type EditComment struct {
	CommentOf
	Body string // plain text; required
}

// EditComment changes the caller's own comment; another's is FORBIDDEN.
func (v *Verbs) EditComment(ctx context.Context, in EditComment) (domain.Comment, error) {
	var p domain.Problems
	domain.LimitComment.Text(&p, "body", in.Body)
	faults := p.Err()
	return v.changeComment(ctx, in.CommentOf, domain.CommentEdited,
		func(tx *store.Tx, a domain.Actor, c domain.Comment) (domain.Comment, error) {
			if faults != nil {
				return c, faults
			}
			if !c.Own(a) {
				return c, domain.Errorf(domain.CodeForbidden, "Only %s may edit this comment. Add one of your own.", c.Author)
			}
			if c.Body != in.Body {
				c.Body, c.UpdatedAt = in.Body, tx.Now()
			}
			return c, nil
		})
}

// ResolveComment marks a comment as done. It does nothing to one that is resolved.
func (v *Verbs) ResolveComment(ctx context.Context, in CommentOf) (domain.Comment, error) {
	return v.changeComment(ctx, in, domain.CommentResolved,
		func(tx *store.Tx, a domain.Actor, c domain.Comment) (domain.Comment, error) {
			if c.ResolvedAt.IsZero() {
				c.ResolvedAt, c.ResolvedBy = tx.Now(), a.Name
			}
			return c, nil
		})
}

// ReopenComment takes back that a comment is resolved. It does nothing to one that is open.
func (v *Verbs) ReopenComment(ctx context.Context, in CommentOf) (domain.Comment, error) {
	return v.changeComment(ctx, in, domain.CommentReopened,
		func(_ *store.Tx, _ domain.Actor, c domain.Comment) (domain.Comment, error) {
			c.ResolvedAt, c.ResolvedBy = time.Time{}, ""
			return c, nil
		})
}

// changeComment stores a change of a comment, with its event, unless nothing changes.
func (v *Verbs) changeComment(
	ctx context.Context, in CommentOf, what domain.CommentChange,
	change func(tx *store.Tx, a domain.Actor, c domain.Comment) (domain.Comment, error),
) (domain.Comment, error) {
	return verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (domain.Comment, error) {
		about, before, err := lockComment(ctx, tx, a, in)
		if err != nil {
			return before, err
		}
		c, err := change(tx, a, before)
		if err != nil || c == before {
			return c, err
		}
		if c, err = tx.SaveComment(ctx, c); err != nil {
			return c, err
		}
		return c, tx.AppendEvent(ctx, about.Subject(), domain.CommentChanged{
			ItemState: about.State(), CommentID: c.ID, Change: what,
		})
	})
}

// lockComment locks an item and a comment about it.
func lockComment(
	ctx context.Context, tx *store.Tx, a domain.Actor, in CommentOf,
) (about domain.ContentItem, c domain.Comment, err error) {
	if about, err = tx.LockContent(ctx, a.WorkspaceID, in.ID); err != nil {
		return about, c, err
	}
	if c, err = tx.LockComment(ctx, a.WorkspaceID, in.ID, in.Comment); err != nil {
		return about, c, err
	}
	return about, c, in.CheckRevision(c.Revision)
}

// DeleteComment removes the caller's own comment; another's takes the scope admin.
func (v *Verbs) DeleteComment(ctx context.Context, in CommentOf) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeReview, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		about, c, err := lockComment(ctx, tx, a, in)
		if err != nil {
			return struct{}{}, err
		}
		if !c.Own(a) && !a.May(domain.ScopeAdmin) {
			return struct{}{}, domain.Errorf(domain.CodeForbidden,
				"Only %s or an administrator may delete this comment. Resolve it instead.", c.Author)
		}
		if err := tx.DeleteComment(ctx, c); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, about.Subject(), domain.CommentChanged{
			ItemState: about.State(), CommentID: c.ID, Change: domain.CommentDeleted,
		})
	})
	return err
}
