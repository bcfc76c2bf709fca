package awssync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

const (
	// mostSkipped bounds how many opportunities are named that could not be taken in.
	mostSkipped = 100
	// permissions are those that a role needs for opportunities.
	permissions = "partnercentral:ListOpportunities, partnercentral:GetOpportunity and partnercentral:UpdateOpportunity"
)

func asPartnerCentral(ctx context.Context, workspaceID int64) context.Context {
	return domain.WithActor(ctx, domain.Actor{
		Kind: domain.ActorSystem, Name: "AWS Partner Central", WorkspaceID: workspaceID,
	})
}

// syncDeals takes in the opportunities that were changed at AWS since the last sync, then lets what waits here be sent.
// A role that may not read them is noted on the connection, and does not fail the sync of listings.
func (s *Syncer) syncDeals(ctx context.Context, session *aws.Session, c domain.AWSConnection) error {
	ctx = asPartnerCentral(ctx, c.WorkspaceID)
	state, note := domain.DealsSynced, ""
	if err := s.takeDeals(ctx, session, c); err != nil {
		var f *aws.Fault
		if !errors.As(err, &f) || f.Passes() || f.Kind == aws.NoKeys {
			return err
		}
		state, note = domain.DealsFailed, f.Message
		if f.Kind == aws.Denied {
			state, note = domain.DealsDenied, "Add "+permissions+" to the permissions of the role. "+f.Message
		}
	}
	return s.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := held(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.NoteDealSync(ctx, c.WorkspaceID, state, note); err != nil || state != domain.DealsSynced {
			return err
		}
		if err := tx.RetryOpportunities(ctx, c.WorkspaceID); err != nil {
			return err
		}
		_, waits, err := tx.UnsentOpportunity(ctx, c.WorkspaceID, 0)
		if err != nil || !waits {
			return err
		}
		return s.enqueueDeals(ctx, tx, c.WorkspaceID)
	})
}

// held locks the connection that a sync began with. errGone: it is another one now.
func held(ctx context.Context, tx *store.Tx, c domain.AWSConnection) (domain.AWSConnection, error) {
	now, ok, err := tx.LockAWSConnection(ctx, c.WorkspaceID)
	if err != nil {
		return now, err
	}
	if !ok || now.Revision != c.Revision {
		return now, errGone
	}
	return now, nil
}

func (s *Syncer) takeDeals(ctx context.Context, session *aws.Session, c domain.AWSConnection) error {
	refs, err := session.Opportunities(ctx, c.Deals.After)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		have, ok, err := s.Store.Read().RemoteOpportunity(ctx, c.WorkspaceID, ref.ID)
		if err != nil {
			return err
		}
		if ok && !later(ref.ChangedAt, have.RemoteAt) {
			continue // the list begins with what was last
		}
		r, err := session.Opportunity(ctx, ref.ID)
		if err != nil && aws.FaultOf(err).Kind == aws.Missing {
			continue // it is gone since the list was read
		}
		if err != nil {
			return err
		}
		if err := s.takeDeal(ctx, c, readDeal(r), ref.ChangedAt); err != nil {
			return err
		}
	}
	return nil
}

// takeDeal brings an opportunity and AWS's record of it together, in one transaction. mark is the change at AWS up to
// which all are taken in then; empty where it says nothing about others.
func (s *Syncer) takeDeal(ctx context.Context, c domain.AWSConnection, d deal, mark string) error {
	for range mostStale {
		have, _, err := s.Store.Read().RemoteOpportunity(ctx, c.WorkspaceID, d.id)
		if err != nil {
			return err
		}
		d.found = foundBy(have, d.fields)
		if err = s.tryTake(ctx, c, d, mark); !errors.Is(err, errEdited) {
			return err
		}
	}
	return &aws.Fault{Kind: aws.Busy, Message: "An opportunity keeps changing here. Try again in a minute."}
}

// errEdited says that an opportunity was edited between its preparation and its lock.
var errEdited = errors.New("the opportunity was edited meanwhile")

// foundBy returns the texts that an opportunity may be found by, on either side, in the form for comparison: parsing
// them has no place in a transaction.
func foundBy(have domain.Opportunity, theirs domain.DealFields) map[string]string {
	found := map[string]string{}
	for _, text := range []string{
		have.Title, have.Customer, have.NextStep, theirs["title"], theirs["customer"], theirs["next_step"],
	} {
		found[text] = prose.Same(text)
	}
	return found
}

// searchOf returns what a list finds an opportunity by, of texts that were prepared.
func searchOf(o domain.Opportunity, found map[string]string) (string, error) {
	var words []string
	for _, text := range []string{o.Title, o.Customer, o.NextStep} {
		same, ok := found[text]
		if !ok {
			return "", errEdited
		}
		words = append(words, same)
	}
	return strings.Join(words, " "), nil
}

func (s *Syncer) tryTake(ctx context.Context, c domain.AWSConnection, d deal, mark string) error {
	return s.Store.InTx(ctx, func(tx *store.Tx) error {
		c, err := held(ctx, tx, c)
		if err != nil {
			return err
		}
		why := d.why
		if why == "" {
			if why, err = bring(ctx, tx, c.WorkspaceID, d); err != nil {
				return err
			}
		}
		skip(&c, d.id, why)
		if later(mark, c.Deals.After) {
			c.Deals.After = mark
		}
		return tx.SaveDealMark(ctx, c)
	})
}

// skip notes why an opportunity was not taken in, or that it was.
func skip(c *domain.AWSConnection, id, why string) {
	c.Deals.Skipped = maps.Clone(c.Deals.Skipped)
	if why == "" {
		delete(c.Deals.Skipped, id)
		return
	}
	if c.Deals.Skipped == nil {
		c.Deals.Skipped = map[string]string{}
	}
	if _, known := c.Deals.Skipped[id]; known || len(c.Deals.Skipped) < mostSkipped {
		c.Deals.Skipped[id] = why
	}
}

// bring creates or changes the opportunity of a record; why says why it did neither.
func bring(ctx context.Context, tx *store.Tx, workspaceID int64, d deal) (why string, err error) {
	have, ok, err := tx.RemoteOpportunity(ctx, workspaceID, d.id)
	if err != nil {
		return "", err
	}
	if !ok {
		return createDeal(ctx, tx, workspaceID, d)
	}
	if have, err = tx.LockOpportunity(ctx, workspaceID, have.ID); err != nil {
		return "", err
	}
	if !later(d.at, have.RemoteAt) {
		return "", nil
	}
	return "", mergeDeal(ctx, tx, have, d)
}

func createDeal(ctx context.Context, tx *store.Tx, workspaceID int64, d deal) (why string, err error) {
	n, err := tx.CountOpportunities(ctx, workspaceID)
	if err != nil {
		return "", err
	}
	if n >= domain.MaxOpportunities {
		return "The workspace has as many opportunities as it may have. Delete some that have ended, then connect again.", nil
	}
	o := domain.Opportunity{WorkspaceID: workspaceID}
	o.Origin, o.RemoteID, o.RemoteAt, o.ReviewStatus = domain.RecordAWS, d.id, d.at, d.review
	o.Merge(d.fields, tx.Now())
	if o.Search, err = searchOf(o, d.found); err != nil {
		return "", err
	}
	made, err := tx.CreateOpportunity(ctx, o)
	if err != nil {
		return "", err
	}
	if err := tx.SaveOpportunityRecord(ctx, made, d.record); err != nil {
		return "", err
	}
	a, _ := domain.ActorFrom(ctx)
	change := domain.StageChange{To: made.Stage, LostReason: made.LostReason, ActorKind: a.Kind, Actor: a.Name}
	if err := tx.AddStageChange(ctx, made, change); err != nil {
		return "", err
	}
	return "", tx.AppendEvent(ctx, domain.Subject{WorkspaceID: workspaceID},
		domain.OpportunityCreated{OpportunityFacts: made.Facts()})
}

// mergeDeal takes into a locked opportunity what AWS has changed.
func mergeDeal(ctx context.Context, tx *store.Tx, before domain.Opportunity, d deal) error {
	o := before
	o.ReviewStatus, o.RemoteAt = d.review, d.at
	o.Merge(d.fields, tx.Now())
	var err error
	if o.Search, err = searchOf(o, d.found); err != nil {
		return err
	}
	o, err = TakeDeal(ctx, tx, before, o)
	if err != nil {
		return err
	}
	return tx.SaveOpportunityRecord(ctx, o, d.record)
}

// TakeDeal stores an opportunity whose fields differ from before because AWS's were taken, with the events, the history
// of its stage, and what is known of AWS. The caller in ctx did it; what lists find it by is in o.Search.
func TakeDeal(ctx context.Context, tx *store.Tx, before, o domain.Opportunity) (domain.Opportunity, error) {
	where := domain.Subject{WorkspaceID: o.WorkspaceID}
	if changed := o.Changed(before); len(changed) > 0 {
		var err error
		if o, err = tx.SaveOpportunity(ctx, o); err != nil {
			return o, err
		}
		event := domain.OpportunityUpdated{OpportunityFacts: o.Facts(), Changed: changed}
		if err := tx.AppendEvent(ctx, where, event); err != nil {
			return o, err
		}
	}
	if o.Stage != before.Stage || o.LostReason != before.LostReason {
		var err error
		if o, err = tx.SaveOpportunityStage(ctx, o); err != nil {
			return o, err
		}
		a, _ := domain.ActorFrom(ctx)
		c := domain.StageChange{
			From: before.Stage, To: o.Stage, LostReason: o.LostReason, ActorKind: a.Kind, Actor: a.Name,
		}
		if err := tx.AddStageChange(ctx, o, c); err != nil {
			return o, err
		}
		event := domain.OpportunityStaged{OpportunityFacts: o.Facts(), From: c.From, LostReason: c.LostReason}
		if err := tx.AppendEvent(ctx, where, event); err != nil {
			return o, err
		}
	}
	return o, tx.SaveOpportunityRemote(ctx, o)
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait to write to AWS: %w", ctx.Err())
	case <-timer.C:
		return nil
	}
}
