package partner

import (
	"context"
	"slices"
	"time"

	"vellocity/internal/awssync"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// changedHere checks a change of an opportunity that Partner Central has too, and notes what is to be sent. A review
// status that lets it not change is a CONFLICT, a field that it does not let change a VALIDATION_ERROR.
func changedHere(o *domain.Opportunity, before domain.Opportunity, now time.Time) error {
	fields := o.DealChanges(before)
	if o.RemoteID == "" || len(fields) == 0 {
		return nil
	}
	if err := mayChange(*o, fields); err != nil {
		return err
	}
	o.Edited(fields, now)
	return nil
}

func mayChange(o domain.Opportunity, fields []string) error {
	var p domain.Problems
	if err := o.CheckReview(&p, fields); err != nil {
		return err
	}
	return p.Err()
}

// send stores what is known of an opportunity at AWS, and asks for a write where a change waits.
func (v *Verbs) send(ctx context.Context, tx *store.Tx, o domain.Opportunity) error {
	if o.RemoteID == "" {
		return nil
	}
	if err := tx.SaveOpportunityRemote(ctx, o); err != nil {
		return err
	}
	if o.Sending != domain.SendingWaits || v.aws == nil {
		return nil
	}
	return v.aws.AskDeals(ctx, tx, o.WorkspaceID)
}

// ResolveOpportunity ends the conflict of an opportunity with its record in Partner Central.
type ResolveOpportunity struct {
	ID   int64
	Keep domain.DealSides
	verb.Precondition
}

// ResolveOpportunity keeps, of all fields that were changed here and at AWS, what is here, which is then sent, or what
// AWS has. Without a conflict it is a CONFLICT, and so it is where AWS's review status lets nothing be sent. It takes
// the scope write.
func (v *Verbs) ResolveOpportunity(ctx context.Context, in ResolveOpportunity) (OpportunityDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return OpportunityDetails{}, err
	}
	var p domain.Problems
	if in.Keep == "" {
		p.Required("keep")
	}
	domain.CheckEnum(&p, "keep", in.Keep)
	return whileStale(func() (OpportunityDetails, error) {
		was, unread := v.store.Read().Opportunity(ctx, a.WorkspaceID, in.ID)
		next := kept(was, in.Keep)
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (OpportunityDetails, error) {
			o, err := lockOpportunity(ctx, tx, a, in.ID, in.Precondition)
			switch {
			case err != nil:
				return OpportunityDetails{}, err
			case p.Err() != nil:
				return OpportunityDetails{}, p.Err()
			case len(o.Conflict) == 0:
				return OpportunityDetails{}, domain.Errorf(domain.CodeConflict, "This deal is in no conflict with AWS.")
			case unread != nil || o.Revision != was.Revision || !slices.Equal(o.Conflict, was.Conflict):
				return OpportunityDetails{}, errStale
			}
			next.Synced, next.DealRemote = o.Synced, o.DealRemote
			next, err := v.resolve(ctx, tx, o, next, in.Keep)
			return withHistory(ctx, tx, next, err)
		})
	})
}

// kept is an opportunity with one side of its conflict.
func kept(o domain.Opportunity, keep domain.DealSides) domain.Opportunity {
	if keep == domain.KeepAWS {
		for _, c := range o.Conflict {
			o.SetDeal(c.Field, c.AWS)
		}
	}
	o.Search = searchText(o)
	return o
}

func (v *Verbs) resolve(
	ctx context.Context, tx *store.Tx, before, o domain.Opportunity, keep domain.DealSides,
) (domain.Opportunity, error) {
	fields := before.ConflictFields()
	if keep == domain.KeepAWS {
		o.Edited(fields, tx.Now())
		o, err := awssync.TakeDeal(ctx, tx, before, o)
		if err != nil {
			return o, err
		}
		return o, v.send(ctx, tx, o) // what else was changed here
	}
	if err := mayChange(o, fields); err != nil {
		return o, err
	}
	o.Edited(fields, tx.Now())
	o, err := tx.SaveOpportunity(ctx, o)
	if err != nil {
		return o, err
	}
	if err := v.send(ctx, tx, o); err != nil {
		return o, err
	}
	event := domain.OpportunityUpdated{OpportunityFacts: o.Facts(), Changed: fields}
	return o, tx.AppendEvent(ctx, subject(o.WorkspaceID), event)
}
