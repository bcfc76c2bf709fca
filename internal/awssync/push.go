package awssync

import (
	"context"
	"errors"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// PushKind is the kind of the jobs that send a listing to AWS.
const PushKind = "aws_push"

const (
	// pushGivesUp is how long a push is tried.
	pushGivesUp = 24 * time.Hour
	// firstLook and lastLook bound the time between two questions to AWS, which doubles.
	firstLook, lastLook = time.Second, 2 * time.Minute
	// pushing bounds the calls of one round.
	pushing = time.Minute
)

var (
	// errWorking says that AWS works on a change set.
	errWorking = errors.New("AWS works on it")
	// errTaken says that somebody else has taken a step of a push, or that it was deleted.
	errTaken = errors.New("the push has gone on elsewhere")
)

// EnqueuePush adds the job of a push, in the transaction that creates it.
func (s *Syncer) EnqueuePush(ctx context.Context, tx *store.Tx, id int64) error {
	if s.queue == nil {
		return errors.New("there is no queue that sends")
	}
	_, err := s.queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: PushKind, Ref: id})
	return err
}

// WorkPush is the handler of [PushKind]: it sends one listing, the job's Ref. AWS checks the texts first (VALIDATE),
// and is asked to apply them only where it lets the same texts through for the same revision of the product. Each step
// is stored before it is taken, and the token of a change set never changes, so that a push that was cut off goes on
// with the same change sets. What may pass is tried again for a day.
func (s *Syncer) WorkPush(ctx context.Context, job queue.Job) error {
	p, ok, err := s.Store.Read().ListingPush(ctx, job.Ref)
	if err != nil || !ok || p.Status.Ended() {
		return err
	}
	ctx = withActor(ctx, p.WorkspaceID)
	limited, done := context.WithTimeout(ctx, pushing)
	defer done()
	err = s.advance(limited, &p)
	var f *aws.Fault
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTaken):
		return s.unended(ctx, p)
	case ctx.Err() != nil: // the queue stops; nothing is known about AWS
		return ctx.Err()
	case errors.Is(err, errWorking):
		return s.lookAgain(ctx, p, "")
	case !errors.As(err, &f):
		return err
	case f.Passes():
		return s.lookAgain(ctx, p, f.Reason())
	}
	return s.endPush(ctx, p, f)
}

// unended looks again soon at a push that somebody else works on, such as a node that has died since.
func (s *Syncer) unended(ctx context.Context, p domain.ListingPush) error {
	now, ok, err := s.Store.Read().ListingPush(ctx, p.ID)
	if err != nil || !ok || now.Status.Ended() {
		return err
	}
	return queue.Later(lastLook)
}

// advance takes the steps of a push until it has ended, or waits.
func (s *Syncer) advance(ctx context.Context, p *domain.ListingPush) error {
	session, l, err := s.prepare(ctx, *p)
	if err != nil {
		return err
	}
	if p.Status == domain.PushQueued {
		if err := s.look(ctx, session, l, p); err != nil {
			return err
		}
	}
	if p.Status == domain.PushValidating {
		if err := s.carry(ctx, session, l, p, &p.CheckSet); err != nil {
			return err
		}
		if p.Intent == domain.PushValidate {
			return s.endPush(ctx, *p, nil)
		}
		if err := s.unchanged(ctx, session, l, *p); err != nil {
			return err
		}
		p.Status, p.Tries, p.Error = domain.PushApplying, 0, ""
		if err := s.step(ctx, p); err != nil {
			return err
		}
	}
	if err := s.carry(ctx, session, l, p, &p.ApplySet); err != nil {
		return err
	}
	return s.endPush(ctx, *p, nil)
}

// prepare returns what a push needs: the role, and the listing, which tells the product.
func (s *Syncer) prepare(ctx context.Context, p domain.ListingPush) (*aws.Session, domain.Listing, error) {
	c, ok, err := s.Store.Read().AWSConnection(ctx, p.WorkspaceID)
	if err != nil {
		return nil, domain.Listing{}, err
	}
	if !ok {
		return nil, domain.Listing{}, &aws.Fault{Kind: aws.Denied, Message: "The workspace is no longer connected to AWS. " +
			"Connect it, then try again."}
	}
	l, err := s.Store.Read().Listing(ctx, p.WorkspaceID, p.ListingID)
	if domain.CodeOf(err) == domain.CodeNotFound { // and the push with it
		return nil, l, errTaken
	}
	if err != nil {
		return nil, l, err
	}
	session, err := s.session(ctx, c.WorkspaceID, c.RoleARN, s.ExternalID(c.WorkspaceID))
	return session, l, err
}

// look reads the product, and notes the revision that the texts are checked against.
func (s *Syncer) look(ctx context.Context, session *aws.Session, l domain.Listing, p *domain.ListingPush) error {
	e, err := session.Entity(ctx, l.RemoteID)
	if err != nil {
		return err
	}
	theirs := described(p.WorkspaceID, l.CatalogType, e)
	if changed := theirs.Changed(p.Base); len(changed) > 0 {
		return stale(changed...)
	}
	p.Type, p.State, p.Status, p.Tries, p.Error = e.Type, e.Revision, domain.PushValidating, 0, ""
	return s.step(ctx, p)
}

// unchanged returns a fault unless the product has the revision that was checked.
func (s *Syncer) unchanged(
	ctx context.Context, session *aws.Session, l domain.Listing, p domain.ListingPush,
) error {
	e, err := session.Entity(ctx, l.RemoteID)
	if err != nil {
		return err
	}
	if e.Revision != p.State {
		return stale()
	}
	return nil
}

// stale is the fault of a product that was changed since the last sync.
func stale(fields ...string) error {
	what := ""
	if len(fields) > 0 {
		what = " (" + strings.ReplaceAll(strings.Join(fields, ", "), "_", " ") + ")"
	}
	return &aws.Fault{Kind: aws.Stale, Message: "The product was changed at AWS since the last sync" + what +
		". Nothing was changed there. Sync the listings first, then try again."}
}

// carry starts the change set of a status, once, and looks whether it has ended.
func (s *Syncer) carry(
	ctx context.Context, session *aws.Session, l domain.Listing, p *domain.ListingPush, set *string,
) error {
	if *set == "" {
		id, err := s.start(ctx, session, l, *p)
		if err != nil {
			return err
		}
		*set, p.Tries, p.Error = id, 0, ""
		if err := s.step(ctx, p); err != nil {
			return err
		}
	}
	ended, err := session.ChangeSet(ctx, *set)
	switch {
	case ended && err != nil: // a change set that has failed stays so
		f := *aws.FaultOf(err)
		f.Kind = aws.Invalid
		return &f
	case err != nil:
		return permitted(err)
	case !ended:
		return errWorking
	}
	return nil
}

func (s *Syncer) start(
	ctx context.Context, session *aws.Session, l domain.Listing, p domain.ListingPush,
) (string, error) {
	c := aws.Change{
		Entity: aws.Entity{ID: l.RemoteID, Type: p.Type, Revision: p.State}, Fields: p.Sent, Only: p.Fields,
		Token: p.Token + "-validate",
	}
	if p.Status == domain.PushApplying {
		c.Apply, c.Token = true, p.Token+"-apply"
	}
	id, err := session.StartChange(ctx, c)
	if err == nil || aws.FaultOf(err).Kind != aws.Invalid {
		return id, permitted(err)
	}
	// AWS does not say by a name of its own that a revision is old.
	if changed := s.unchanged(ctx, session, l, p); changed != nil && aws.FaultOf(changed).Kind == aws.Stale {
		return "", changed
	}
	return "", err
}

// permitted names the permissions where the role lacks them.
func permitted(err error) error {
	var f *aws.Fault
	if !errors.As(err, &f) || f.Kind != aws.Denied {
		return err
	}
	lacks := *f
	lacks.Message = strings.TrimSpace(f.Message) + " To send listings, the role needs aws-marketplace:StartChangeSet " +
		"and aws-marketplace:DescribeChangeSet."
	return &lacks
}

// step stores a step of a push before it is taken.
func (s *Syncer) step(ctx context.Context, p *domain.ListingPush) error {
	return s.Store.InTx(ctx, func(tx *store.Tx) error {
		mine, err := tx.TakeListingPush(ctx, *p)
		if err != nil {
			return err
		}
		if !mine {
			return errTaken
		}
		saved, err := tx.SaveListingPush(ctx, *p)
		*p = saved
		return err
	})
}

// lookAgain notes what a push waits for, and says when to ask AWS again: more and more rarely, and after a day no more.
func (s *Syncer) lookAgain(ctx context.Context, p domain.ListingPush, why string) error {
	if s.Store.Now().Sub(p.CreatedAt) >= pushGivesUp {
		return s.endPush(ctx, p, overdue(p, why))
	}
	pause := min(firstLook<<min(p.Tries, 20), lastLook)
	p.Tries++
	p.Error = why
	if err := s.step(ctx, &p); err != nil {
		return s.unlessTaken(ctx, p, err)
	}
	return queue.Later(pause)
}

// overdue is the fault of a push that has not ended within a day.
func overdue(p domain.ListingPush, why string) *aws.Fault {
	if p.Status == domain.PushApplying {
		return &aws.Fault{Kind: aws.Broken, Message: strings.TrimSpace("AWS has not finished the change within a day. " +
			why + " See the requests in the AWS Marketplace Management Portal. The next sync shows what came of it.")}
	}
	return &aws.Fault{Kind: aws.Broken, Message: "AWS did not check the listing within a day. " +
		strings.TrimSpace(why+" Try again later.")}
}

// endPush notes how a push ended: it succeeded where there is no fault. What AWS has taken over is then what both have.
func (s *Syncer) endPush(ctx context.Context, p domain.ListingPush, f *aws.Fault) error {
	p.Status, p.Error, p.Faults = domain.PushSucceeded, "", nil
	if f != nil {
		p.Status, p.Error, p.Faults = domain.PushFailed, f.Message, f.Fields
	}
	err := s.Store.InTx(ctx, func(tx *store.Tx) error {
		l, err := tx.LockListing(ctx, p.WorkspaceID, p.ListingID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return errTaken
		}
		if err != nil {
			return err
		}
		mine, err := tx.TakeListingPush(ctx, p)
		if err != nil {
			return err
		}
		if !mine {
			return errTaken
		}
		if _, err := tx.SaveListingPush(ctx, p); err != nil {
			return err
		}
		return notePush(ctx, tx, l, p)
	})
	return s.unlessTaken(ctx, p, err)
}

// unlessTaken returns an error as it is, unless somebody else has taken the step.
func (s *Syncer) unlessTaken(ctx context.Context, p domain.ListingPush, err error) error {
	if errors.Is(err, errTaken) {
		return s.unended(ctx, p)
	}
	return err
}

// notePush takes the outcome of a push into its listing, which is locked, and appends the event.
func notePush(ctx context.Context, tx *store.Tx, l domain.Listing, p domain.ListingPush) error {
	where := domain.Subject{WorkspaceID: p.WorkspaceID}
	switch {
	case p.Status == domain.PushFailed:
		return tx.AppendEvent(ctx, where, domain.ListingPushFailed{ListingPushFacts: p.Facts(l), Error: p.Error})
	case p.Intent == domain.PushValidate: // nothing has changed anywhere
		return nil
	}
	l.Remote, l.SyncedAt, l.Conflict, l.Theirs = p.Sent, tx.Now(), nil, domain.ListingFields{}
	if err := tx.SaveListingRemote(ctx, l); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, where, domain.ListingPushed{ListingPushFacts: p.Facts(l)})
}

// ownChange returns a locked listing as a sync must see it. Where AWS already has what a push sends, and the push has
// not noted that yet, both had that last: else our own change would look like somebody else's.
func ownChange(ctx context.Context, tx *store.Tx, have, theirs domain.Listing) (domain.Listing, error) {
	p, err := tx.LastListingPush(ctx, have.WorkspaceID, have.ID)
	if err != nil || p == nil || p.Status != domain.PushApplying || len(theirs.Changed(p.Sent)) > 0 {
		return have, err
	}
	have.Remote = p.Sent
	return have, nil
}
