package partner

import (
	"cmp"
	"context"
	"crypto/rand"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// PushListing sends a listing to AWS Marketplace.
type PushListing struct {
	ID     int64
	Intent domain.PushIntent // by default [domain.PushValidate]
	verb.Precondition
}

// PushListing asks for a push of what differs from AWS: a job in the background, which lets AWS check the texts and,
// with the intent apply, then take them over. A listing that cannot be sent, or is being sent, is a CONFLICT. To
// validate takes the scope write, to apply the scope publish.
func (v *Verbs) PushListing(ctx context.Context, in PushListing) (domain.ListingPush, error) {
	if _, err := verb.Caller(ctx, verb.AnyScope); err != nil {
		return domain.ListingPush{}, err
	}
	intent := cmp.Or(in.Intent, domain.PushValidate)
	var p domain.Problems
	domain.CheckEnum(&p, "intent", intent)
	if err := p.Err(); err != nil {
		return domain.ListingPush{}, err
	}
	push := func(tx *store.Tx, a domain.Actor) (domain.ListingPush, error) {
		l, err := tx.LockListing(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return domain.ListingPush{}, err
		}
		if err := in.CheckRevision(int64(l.Revision)); err != nil {
			return domain.ListingPush{}, err
		}
		if err := v.sendable(ctx, tx, l); err != nil {
			return domain.ListingPush{}, err
		}
		made, err := tx.CreateListingPush(ctx, domain.ListingPush{
			WorkspaceID: a.WorkspaceID, ListingID: l.ID, Intent: intent, Fields: l.Changed(l.Remote), RequestedBy: a.Name,
			Sent: l.ListingFields, Base: l.Remote, Token: rand.Text(),
		})
		if err != nil {
			return domain.ListingPush{}, err
		}
		if err := v.aws.EnqueuePush(ctx, tx, made.ID); err != nil {
			return domain.ListingPush{}, err
		}
		return made, tx.AppendEvent(ctx, subject(a.WorkspaceID),
			domain.ListingPushRequested{ListingPushFacts: made.Facts(l)})
	}
	return verb.Change(ctx, v.store, intent.Scope(), push)
}

// sendable returns why a locked listing cannot be sent to AWS now.
func (v *Verbs) sendable(ctx context.Context, tx *store.Tx, l domain.Listing) error {
	switch {
	case l.CatalogType == domain.CatalogServices:
		return domain.Errorf(domain.CodeConflict, "AWS takes no listings of professional services over its API. Edit this "+
			"one in the AWS Marketplace Management Portal.")
	case l.RemoteID == "":
		return domain.Errorf(domain.CodeConflict, "This listing is not at AWS. Create the product in the AWS Marketplace "+
			"Management Portal, then sync.")
	}
	_, connected, err := tx.AWSConnection(ctx, l.WorkspaceID)
	if err != nil {
		return err
	}
	if !connected || v.aws == nil {
		return notConnected()
	}
	last, err := tx.LastListingPush(ctx, l.WorkspaceID, l.ID)
	switch {
	case err != nil:
		return err
	case last != nil && !last.Status.Ended():
		return domain.Errorf(domain.CodeConflict, "Push %d of this listing is under way. Wait until it has ended.", last.ID).
			With("push_id", last.ID)
	case len(l.Conflict) > 0:
		return domain.Errorf(domain.CodeConflict, "Changed here and at AWS: %s. Make both the same, sync, then try again.",
			strings.ReplaceAll(strings.Join(l.Conflict, ", "), "_", " "))
	case len(l.Changed(l.Remote)) == 0:
		return domain.Errorf(domain.CodeConflict, "Nothing differs from AWS, so there is nothing to send.")
	}
	return nil
}
