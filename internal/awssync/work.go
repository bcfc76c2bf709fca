package awssync

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/listing"
	"vellocity/internal/prose"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// errGone says that a workspace was disconnected, or connected to another role, during a sync.
var errGone = errors.New("the connection is no longer there")

// Work is the handler of [JobKind]: it syncs one workspace, the job's Ref.
func (s *Syncer) Work(ctx context.Context, job queue.Job) error {
	ctx = withActor(ctx, job.Ref)
	c, ok, err := s.Store.Read().AWSConnection(ctx, job.Ref)
	if err != nil || !ok || !c.Syncing() {
		return err
	}
	found, err := s.sync(ctx, c)
	var f *aws.Fault
	switch {
	case errors.Is(err, errGone): // the new role has a job of its own
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !errors.As(err, &f):
		return err
	case err != nil && f.Passes():
		return s.syncLater(ctx, c, f)
	}
	return s.Store.InTx(ctx, func(tx *store.Tx) error {
		now, ok, err := tx.LockAWSConnection(ctx, c.WorkspaceID)
		if err != nil || !ok || now.Revision != c.Revision || now.Done >= c.Asked {
			return err
		}
		if f != nil {
			err = tx.EndAWSSync(ctx, c, f.Message)
			failed := domain.AWSSyncFailed{AWSFacts: c.Facts(), Error: f.Message}
			return cmp.Or(err, tx.AppendEvent(ctx, subject(c), failed))
		}
		err = tx.EndAWSSync(ctx, c, "")
		found.AWSFacts = c.Facts()
		return cmp.Or(err, tx.AppendEvent(ctx, subject(c), found))
	})
}

func subject(c domain.AWSConnection) domain.Subject {
	return domain.Subject{WorkspaceID: c.WorkspaceID}
}

// sync takes in all products of a workspace, then its opportunities. Professional services have none at AWS.
func (s *Syncer) sync(ctx context.Context, c domain.AWSConnection) (found domain.AWSSynced, err error) {
	session, err := s.session(ctx, c.WorkspaceID, c.RoleARN, s.ExternalID(c.WorkspaceID))
	if err != nil {
		return found, err
	}
	for _, t := range []domain.CatalogType{domain.CatalogSaaS, domain.CatalogAMI, domain.CatalogContainer} {
		products, err := session.Products(ctx, t)
		if err != nil {
			return found, err
		}
		for _, p := range products {
			before, _, err := s.Store.Read().RemoteListing(ctx, c.WorkspaceID, p.ID)
			if err != nil {
				return found, err
			}
			e, err := session.Entity(ctx, p.ID)
			if aws.FaultOf(err).Kind == aws.Missing && err != nil {
				continue // it was deleted since the list was read
			}
			if err != nil {
				return found, err
			}
			if err := s.take(ctx, c, before.Remote, described(c.WorkspaceID, t, e), &found); err != nil {
				return found, err
			}
		}
	}
	return found, s.syncDeals(ctx, session, c)
}

// described is a product as a listing, with its score. It parses the texts, so it comes before the transaction.
func described(workspaceID int64, t domain.CatalogType, e aws.Entity) domain.Listing {
	l := domain.Listing{WorkspaceID: workspaceID, CatalogType: t, ListingFields: e.Fields}
	l.Title = cmp.Or(strings.TrimSpace(l.Title), "Untitled "+e.ID) // a draft has none yet
	l.Origin, l.RemoteID = domain.RecordAWS, e.ID
	l.Score = listing.Score(t, l.ListingFields)
	texts := slices.Concat([]string{l.Title, l.ShortDescription}, l.Keywords, l.Categories)
	l.Search = prose.Same(strings.Join(texts, " "))
	return l
}

// take brings a listing and what AWS has together, in one transaction. before is what both were last, as it was known
// before AWS was asked: where it is another by now, theirs may be older than it, and the next sync looks again.
func (s *Syncer) take(
	ctx context.Context, c domain.AWSConnection, before domain.ListingFields, theirs domain.Listing,
	found *domain.AWSSynced,
) error {
	var now domain.AWSSynced
	err := s.Store.InTx(ctx, func(tx *store.Tx) error {
		now = domain.AWSSynced{}
		held, ok, err := tx.LockAWSConnection(ctx, c.WorkspaceID)
		if err != nil {
			return err
		}
		if !ok || held.Revision != c.Revision {
			return errGone
		}
		have, ok, err := tx.RemoteListing(ctx, c.WorkspaceID, theirs.RemoteID)
		if err != nil {
			return err
		}
		if !ok {
			now.Created, err = create(ctx, tx, theirs)
			return err
		}
		if have, err = tx.LockListing(ctx, c.WorkspaceID, have.ID); err != nil {
			return err
		}
		if len(have.Remote.Changed(before)) > 0 {
			return nil
		}
		if have, err = ownChange(ctx, tx, have, theirs); err != nil {
			return err
		}
		return merge(ctx, tx, have, theirs, &now)
	})
	found.Created += now.Created
	found.Updated += now.Updated
	found.Conflicts += now.Conflicts
	return err
}

// create adds a listing that is new here. One beyond the limit is left out, and the sync says so.
func create(ctx context.Context, tx *store.Tx, l domain.Listing) (int, error) {
	n, err := tx.CountListings(ctx, l.WorkspaceID)
	if err != nil {
		return 0, err
	}
	if n >= domain.MaxListings {
		return 0, &aws.Fault{Kind: aws.Invalid, Message: "The workspace has as many listings as it may have, so not all " +
			"products were imported. Delete listings that are not used any more, then sync again."}
	}
	l.Remote, l.SyncedAt = l.ListingFields, tx.Now()
	made, err := tx.CreateListing(ctx, l)
	if err != nil {
		return 0, err
	}
	if err := addVersion(ctx, tx, made, domain.ListingFields{}, "Imported from AWS Marketplace"); err != nil {
		return 0, err
	}
	where := domain.Subject{WorkspaceID: l.WorkspaceID}
	return 1, tx.AppendEvent(ctx, where, domain.ListingCreated{ListingFacts: made.Facts()})
}

// merge compares what is here, what AWS has, and what both were last.
func merge(ctx context.Context, tx *store.Tx, have, theirs domain.Listing, found *domain.AWSSynced) error {
	ours := have.Changed(have.Remote)
	switch differ := have.Changed(theirs.ListingFields); {
	case len(differ) == 0: // the same
		have.Remote, have.Conflict, have.Theirs, have.SyncedAt = theirs.ListingFields, nil, domain.ListingFields{}, tx.Now()
		return tx.SaveListingRemote(ctx, have)
	case len(theirs.Changed(have.Remote)) == 0: // changed here alone, and not sent yet
		have.Conflict, have.Theirs = nil, domain.ListingFields{}
		return tx.SaveListingRemote(ctx, have)
	case len(ours) > 0: // changed in both places
		found.Conflicts = 1
		have.Conflict, have.Theirs = differ, theirs.ListingFields
		return tx.SaveListingRemote(ctx, have)
	}
	found.Updated = 1
	before := have.ListingFields
	have.ListingFields, have.Score, have.Search = theirs.ListingFields, theirs.Score, theirs.Search
	have.Remote, have.Conflict, have.Theirs, have.SyncedAt = theirs.ListingFields, nil, domain.ListingFields{}, tx.Now()
	saved, err := tx.SaveListing(ctx, have)
	if err != nil {
		return err
	}
	if err := addVersion(ctx, tx, saved, before, "Changed on AWS Marketplace"); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: have.WorkspaceID}, domain.ListingUpdated{
		ListingFacts: saved.Facts(), Changed: saved.Changed(before),
	})
}

func addVersion(ctx context.Context, tx *store.Tx, l domain.Listing, before domain.ListingFields, reason string) error {
	a, _ := domain.ActorFrom(ctx)
	return tx.AddListingVersion(ctx, l.WorkspaceID, domain.ListingVersion{
		ListingID: l.ID, N: l.Revision, AuthorKind: a.Kind, Author: a.Name, Reason: reason, Changed: l.Changed(before),
		Overall: l.Score.Overall, Grade: l.Score.Grade, ListingFields: l.ListingFields,
	})
}
