package awssync

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// DealsKind is the kind of the jobs that send changes of opportunities to Partner Central.
const DealsKind = "aws_deals"

const (
	// betweenWrites is AWS's limit of one write per second for an account, with a margin.
	betweenWrites = 1100 * time.Millisecond
	// mostWrites is how many opportunities a job sends: those that follow have a job with new keys of AWS.
	mostWrites = 100
	// mostStale is how often a write is tried again that AWS refused because the record had changed.
	mostStale = 5
	// crowded is when a write is tried again that was one too many in its second.
	crowded = 5 * time.Second
	// spent is when writing goes on once the day's 10,000 writes are used up; AWS counts the last 24 hours.
	spent = time.Hour
)

// AskDeals adds the job that sends what waits, in the caller's transaction, where the workspace is connected. What
// waits without a connection is sent by the first sync of the next one.
func (s *Syncer) AskDeals(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	_, ok, err := tx.AWSConnection(ctx, workspaceID)
	if err != nil || !ok {
		return err
	}
	return s.enqueueDeals(ctx, tx, workspaceID)
}

func (s *Syncer) enqueueDeals(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	if s.queue == nil {
		return errors.New("there is no queue that sends opportunities")
	}
	_, err := s.queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: DealsKind, Ref: workspaceID, Priority: 3})
	return err
}

// WorkDeals is the handler of [DealsKind]: it sends what waits in one workspace, the job's Ref. A write that was cut
// off is done again: the record says whether it got there.
func (s *Syncer) WorkDeals(ctx context.Context, job queue.Job) error {
	ctx = asPartnerCentral(ctx, job.Ref)
	c, ok, err := s.Store.Read().AWSConnection(ctx, job.Ref)
	if err != nil || !ok {
		return err
	}
	err = s.sendDeals(ctx, c)
	var f *aws.Fault
	switch {
	case errors.Is(err, errGone):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &f):
		return err
	case f.Code == aws.QuotaExceeded:
		note := "AWS takes no more changes today. They are sent once it does. " + f.Message
		return s.noteDeals(ctx, c, domain.DealsFailed, note, spent)
	case f.Kind == aws.Busy:
		return queue.Later(crowded)
	case f.Passes():
		return queue.Later(firstPause)
	case f.Kind == aws.Denied:
		return s.noteDeals(ctx, c, domain.DealsDenied, f.Message, 0)
	}
	return s.noteDeals(ctx, c, domain.DealsFailed, f.Message, 0)
}

// noteDeals notes why nothing was sent, and lets the job run again after a time; 0: the next sync asks.
func (s *Syncer) noteDeals(
	ctx context.Context, c domain.AWSConnection, state domain.DealSyncState, note string, after time.Duration,
) error {
	err := s.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := held(ctx, tx, c); err != nil {
			return err
		}
		return tx.NoteDealSync(ctx, c.WorkspaceID, state, note)
	})
	switch {
	case errors.Is(err, errGone):
		return nil
	case err != nil || after == 0:
		return err
	}
	return queue.Later(after)
}

func (s *Syncer) sendDeals(ctx context.Context, c domain.AWSConnection) error {
	id, ok, err := s.Store.Read().UnsentOpportunity(ctx, c.WorkspaceID, 0)
	if err != nil || !ok {
		return err
	}
	session, err := s.session(ctx, c.WorkspaceID, c.RoleARN, s.ExternalID(c.WorkspaceID))
	if err != nil {
		return err
	}
	for range mostWrites {
		if err := s.sendDeal(ctx, session, c, id); err != nil {
			return err
		}
		if id, ok, err = s.Store.Read().UnsentOpportunity(ctx, c.WorkspaceID, 0); err != nil || !ok {
			return err
		}
	}
	return queue.Later(0)
}

// sendDeal sends what was changed in one opportunity: it reads AWS's record whole, brings both together, sets our
// fields in the record, and sends it whole.
func (s *Syncer) sendDeal(ctx context.Context, session *aws.Session, c domain.AWSConnection, id int64) error {
	for range mostStale {
		done, err := s.trySend(ctx, session, c, id)
		if done || err != nil {
			return err
		}
	}
	return &aws.Fault{Kind: aws.Busy, Message: "The record keeps changing at AWS. Try again in a minute."}
}

// trySend is done where nothing is left to send, or AWS has taken or refused it; not where the record or the
// opportunity has changed meanwhile.
func (s *Syncer) trySend(
	ctx context.Context, session *aws.Session, c domain.AWSConnection, id int64,
) (done bool, err error) {
	o, err := s.Store.Read().Opportunity(ctx, c.WorkspaceID, id)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	r, err := session.Opportunity(ctx, o.RemoteID)
	if err != nil {
		return s.refused(ctx, c, o, err)
	}
	d := readDeal(r)
	if d.why != "" {
		return s.refuse(ctx, c, o, d.why+" Change it in Partner Central.")
	}
	if err := s.takeDeal(ctx, c, d, ""); err != nil {
		return false, err
	}
	o, sent, wait, err := s.book(ctx, c, id)
	if err != nil || len(sent) == 0 {
		return err == nil, err
	}
	var p domain.Problems
	if err := cmp.Or(o.CheckReview(&p, o.Pending()), p.Err()); err != nil {
		return s.refuse(ctx, c, o, domain.AsError(err).Message)
	}
	if err := pause(ctx, wait); err != nil {
		return false, err
	}
	writeDeal(r, sent)
	at, err := session.UpdateOpportunity(ctx, r)
	if aws.IsStale(err) {
		return false, nil
	}
	if err != nil {
		return s.refused(ctx, c, o, err)
	}
	r["LastModifiedDate"] = at
	return true, s.landed(ctx, c, o.ID, sent, r)
}

// book notes what is about to be sent, and takes the next second in which AWS allows a write: for all nodes, there is
// one lane to an account. Nothing to send means that AWS has it already.
func (s *Syncer) book(
	ctx context.Context, c domain.AWSConnection, id int64,
) (o domain.Opportunity, sent domain.DealFields, wait time.Duration, err error) {
	err = s.Store.InTx(ctx, func(tx *store.Tx) error {
		c, err := held(ctx, tx, c)
		if err != nil {
			return err
		}
		if o, err = tx.LockOpportunity(ctx, c.WorkspaceID, id); err != nil {
			return err
		}
		ours := o.Deal()
		sent = domain.DealFields{}
		for _, name := range o.Pending() {
			sent[name] = ours[name]
		}
		o.Sent = sent
		if len(sent) == 0 {
			o.Sending = ""
			return tx.SaveOpportunityRemote(ctx, o)
		}
		slot := tx.Now()
		if c.Deals.WriteAt.After(slot) {
			slot = c.Deals.WriteAt
		}
		wait = slot.Sub(tx.Now())
		if err := tx.BookDealWrite(ctx, c.WorkspaceID, slot.Add(betweenWrites)); err != nil {
			return err
		}
		return tx.SaveOpportunityRemote(ctx, o)
	})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return o, nil, 0, nil // it was deleted here
	}
	return o, sent, wait, err
}

// landed notes what AWS has taken, and the record as it is there now. A sync may have seen it before.
func (s *Syncer) landed(
	ctx context.Context, c domain.AWSConnection, id int64, sent domain.DealFields, r aws.Record,
) error {
	record, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write a record: %w", err)
	}
	return s.change(ctx, c, id, func(tx *store.Tx, o *domain.Opportunity) error {
		if !later(r.ChangedAt(), o.RemoteAt) {
			return nil
		}
		o.Landed(sent, r.ChangedAt(), tx.Now())
		return tx.SaveOpportunityRecord(ctx, *o, string(record))
	})
}

// refused notes an error of AWS's that only a person can resolve, and returns any other.
func (s *Syncer) refused(
	ctx context.Context, c domain.AWSConnection, o domain.Opportunity, err error,
) (done bool, other error) {
	var f *aws.Fault
	if !errors.As(err, &f) || f.Passes() || f.Code == aws.QuotaExceeded || f.Kind == aws.NoKeys {
		return false, err
	}
	why := refusal(f)
	if f.Kind == aws.Denied {
		why = "Add " + permissions + " to the permissions of the role, then sync. " + f.Message
	}
	return s.refuse(ctx, c, o, why)
}

// refuse notes why a change was not taken. One that was made since is sent all the same.
func (s *Syncer) refuse(
	ctx context.Context, c domain.AWSConnection, sent domain.Opportunity, why string,
) (done bool, err error) {
	return true, s.change(ctx, c, sent.ID, func(_ *store.Tx, o *domain.Opportunity) error {
		if o.Revision == sent.Revision {
			o.Refuse(strings.TrimSpace(why))
		}
		return nil
	})
}

// change changes what is known of an opportunity at AWS.
func (s *Syncer) change(
	ctx context.Context, c domain.AWSConnection, id int64, f func(tx *store.Tx, o *domain.Opportunity) error,
) error {
	err := s.Store.InTx(ctx, func(tx *store.Tx) error {
		o, err := tx.LockOpportunity(ctx, c.WorkspaceID, id)
		if err != nil {
			return err
		}
		if err := f(tx, &o); err != nil {
			return err
		}
		return tx.SaveOpportunityRemote(ctx, o)
	})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil // it was deleted here
	}
	return err
}
