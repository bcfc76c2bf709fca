package partner

import (
	"cmp"
	"context"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// CreateOpportunity is an opportunity that a caller creates.
type CreateOpportunity struct {
	Title    string
	Customer string
	Stage    domain.Stage // by default Prospect
	domain.OpportunityEdit
}

// CreateOpportunity creates an opportunity in an open stage. More than [domain.MaxOpportunities] are a CONFLICT. It
// takes the scope write.
func (v *Verbs) CreateOpportunity(ctx context.Context, in CreateOpportunity) (OpportunityDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return OpportunityDetails{}, err
	}
	today, err := v.today(ctx, a.WorkspaceID)
	if err != nil {
		return OpportunityDetails{}, err
	}
	o := domain.Opportunity{
		WorkspaceID: a.WorkspaceID, Title: in.Title, Customer: in.Customer,
		Stage: cmp.Or(in.Stage, domain.StageProspect), Synced: domain.Synced{Origin: domain.RecordLocal},
	}
	var p domain.Problems
	domain.CheckEnum(&p, "stage", o.Stage)
	if o.Stage.Ended() {
		p.Add("stage", "A new deal starts in an open stage. Create it, then move it to %s", o.Stage)
	}
	shape(&p, &o, domain.Opportunity{}, in.OpportunityEdit, today)
	if err := p.Err(); err != nil {
		return OpportunityDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (OpportunityDetails, error) {
		if err := listingExists(ctx, tx, o); err != nil {
			return OpportunityDetails{}, err
		}
		n, err := tx.CountOpportunities(ctx, a.WorkspaceID)
		if err != nil {
			return OpportunityDetails{}, err
		}
		if n >= domain.MaxOpportunities {
			return OpportunityDetails{}, tooMany("opportunities", domain.MaxOpportunities)
		}
		made, err := tx.CreateOpportunity(ctx, o)
		if err != nil {
			return OpportunityDetails{}, err
		}
		c := domain.StageChange{To: made.Stage, ActorKind: a.Kind, Actor: a.Name}
		if err := tx.AddStageChange(ctx, made, c); err != nil {
			return OpportunityDetails{}, err
		}
		err = tx.AppendEvent(ctx, subject(a.WorkspaceID), domain.OpportunityCreated{OpportunityFacts: made.Facts()})
		return withHistory(ctx, tx, made, err)
	})
}

// today is the day in the workspace's time zone.
func (v *Verbs) today(ctx context.Context, workspaceID int64) (string, error) {
	w, err := v.store.Read().Workspace(ctx, workspaceID)
	return v.store.Now().In(w.Location()).Format(time.DateOnly), err
}

// listingExists returns a fault where an opportunity names a listing that the workspace does not have.
func listingExists(ctx context.Context, tx *store.Tx, o domain.Opportunity) error {
	if o.ListingID == 0 {
		return nil
	}
	_, err := tx.Listing(ctx, o.WorkspaceID, o.ListingID)
	return verb.MissingReference(err, "listing_id", "listing", o.ListingID)
}

// EditOpportunity changes an opportunity, save its stage. A nil field stays as it is.
type EditOpportunity struct {
	ID       int64
	Title    *string
	Customer *string
	domain.OpportunityEdit
	verb.Precondition
}

// EditOpportunity changes an opportunity. It takes the scope write.
func (v *Verbs) EditOpportunity(ctx context.Context, in EditOpportunity) (OpportunityDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return OpportunityDetails{}, err
	}
	today, err := v.today(ctx, a.WorkspaceID)
	if err != nil {
		return OpportunityDetails{}, err
	}
	return whileStale(func() (OpportunityDetails, error) {
		was, unread := v.store.Read().Opportunity(ctx, a.WorkspaceID, in.ID)
		next := was
		verb.Set(&next.Title, in.Title)
		verb.Set(&next.Customer, in.Customer)
		var p domain.Problems
		shape(&p, &next, was, in.OpportunityEdit, today)
		if next.Stage == domain.StageLaunched {
			keptLaunched(&p, next, was)
		}
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (OpportunityDetails, error) {
			now, err := lockOpportunity(ctx, tx, a, in.ID, in.Precondition)
			switch {
			case err != nil:
				return OpportunityDetails{}, err
			case unread != nil || now.Revision != was.Revision:
				return OpportunityDetails{}, errStale
			case p.Err() != nil:
				return OpportunityDetails{}, p.Err()
			}
			next.Synced, next.DealRemote = now.Synced, now.DealRemote // a sync changes these without a revision
			o, err := v.saveOpportunity(ctx, tx, now, next)
			return withHistory(ctx, tx, o, err)
		})
	})
}

// keptLaunched notes where a deal that was won would lose what it was won with.
func keptLaunched(p *domain.Problems, o, was domain.Opportunity) {
	if o.AWSAccount == "" && was.AWSAccount != "" { // AWS may have one without
		p.Add("customer_aws_account_id", "A deal that is Launched keeps the customer’s AWS account")
	}
	if o.CloseOn == "" && was.CloseOn != "" {
		p.Add("target_close_date", "A deal that is Launched keeps its day of closing")
	}
}

func lockOpportunity(
	ctx context.Context, tx *store.Tx, a domain.Actor, id int64, seen verb.Precondition,
) (domain.Opportunity, error) {
	o, err := tx.LockOpportunity(ctx, a.WorkspaceID, id)
	if err != nil {
		return o, err
	}
	return o, seen.CheckRevision(int64(o.Revision))
}

// saveOpportunity stores an opportunity that differs from before.
func (v *Verbs) saveOpportunity(
	ctx context.Context, tx *store.Tx, before, next domain.Opportunity,
) (domain.Opportunity, error) {
	changed := next.Changed(before)
	if len(changed) == 0 {
		return before, nil
	}
	if err := listingExists(ctx, tx, next); err != nil {
		return next, err
	}
	if err := changedHere(&next, before, tx.Now()); err != nil {
		return next, err
	}
	saved, err := tx.SaveOpportunity(ctx, next)
	if err != nil {
		return saved, err
	}
	if err := v.send(ctx, tx, saved); err != nil {
		return saved, err
	}
	return saved, tx.AppendEvent(ctx, subject(saved.WorkspaceID),
		domain.OpportunityUpdated{OpportunityFacts: saved.Facts(), Changed: changed})
}

// MoveOpportunity moves an opportunity to a stage.
type MoveOpportunity struct {
	ID         int64
	Stage      domain.Stage
	LostReason domain.LostReason // for Closed Lost, which needs one
	Reason     string            // for the history; what has ended is opened again only with one
	verb.Precondition
}

// MoveOpportunity moves an opportunity to another stage, by the rules of [domain.Opportunity.CheckStage]. The stage
// that it has already changes nothing. It takes the scope write.
func (v *Verbs) MoveOpportunity(ctx context.Context, in MoveOpportunity) (OpportunityDetails, error) {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return OpportunityDetails{}, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	var p domain.Problems
	if in.Stage == "" {
		p.Required("stage")
	}
	domain.CheckEnum(&p, "stage", in.Stage)
	domain.LimitReason.Text(&p, "reason", in.Reason)
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (OpportunityDetails, error) {
		o, err := lockOpportunity(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return OpportunityDetails{}, err
		}
		if p.Err() == nil {
			o.CheckStage(&p, in.Stage, in.LostReason, in.Reason)
		}
		if err := p.Err(); err != nil {
			return OpportunityDetails{}, err
		}
		if in.Stage == o.Stage && in.LostReason == o.LostReason {
			return withHistory(ctx, tx, o, nil)
		}
		c := domain.StageChange{
			From: o.Stage, To: in.Stage, Reason: in.Reason, LostReason: in.LostReason, ActorKind: a.Kind, Actor: a.Name,
		}
		before := o
		o.Stage, o.LostReason = in.Stage, in.LostReason
		if err := changedHere(&o, before, tx.Now()); err != nil {
			return OpportunityDetails{}, err
		}
		o, err = v.moved(ctx, tx, o, c)
		return withHistory(ctx, tx, o, err)
	})
}

func (v *Verbs) moved(
	ctx context.Context, tx *store.Tx, o domain.Opportunity, c domain.StageChange,
) (domain.Opportunity, error) {
	saved, err := tx.SaveOpportunityStage(ctx, o)
	if err != nil {
		return saved, err
	}
	if err := v.send(ctx, tx, saved); err != nil {
		return saved, err
	}
	if err := tx.AddStageChange(ctx, saved, c); err != nil {
		return saved, err
	}
	return saved, tx.AppendEvent(ctx, subject(saved.WorkspaceID), domain.OpportunityStaged{
		OpportunityFacts: saved.Facts(), From: c.From, LostReason: c.LostReason, Reason: c.Reason,
	})
}

// DeleteOpportunity deletes an opportunity with its history. It takes the scope write.
func (v *Verbs) DeleteOpportunity(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		o, err := lockOpportunity(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteOpportunity(ctx, a.WorkspaceID, o.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, subject(a.WorkspaceID),
			domain.OpportunityDeleted{OpportunityFacts: o.Facts()})
	})
	return err
}
