package account

import (
	"cmp"
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Profile returns the caller's workspace.
func (v *Verbs) Profile(ctx context.Context) (domain.Workspace, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Workspace{}, err
	}
	return v.store.Read().Workspace(ctx, a.WorkspaceID)
}

// UpdateProfile changes the workspace. A nil field stays as it is.
type UpdateProfile struct {
	CompanyName     *string
	Timezone        *string // IANA name
	BrandVoiceID    *int64  // default brand voice; 0: none
	NotifyEmails    *[]string
	CreditsLowAt    *int // credits are low below this number; 0: a tenth of the last grant
	RequireApproval *bool
	FeedEnabled     *bool
	verb.Precondition
}

// UpdateProfile changes the caller's workspace.
func (v *Verbs) UpdateProfile(ctx context.Context, in UpdateProfile) (domain.Workspace, error) {
	return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Workspace, error) {
		w, err := tx.Workspace(ctx, a.WorkspaceID)
		if err != nil {
			return w, err
		}
		if err := in.CheckRevision(w.Revision); err != nil {
			return w, err
		}
		if err := in.validate(ctx, tx, a.WorkspaceID); err != nil {
			return w, err
		}
		verb.Set(&w.Name, in.CompanyName)
		verb.Set(&w.Timezone, in.Timezone)
		if in.BrandVoiceID != nil {
			if err := tx.SetDefaultBrandVoice(ctx, w.ID, *in.BrandVoiceID); err != nil {
				return w, err
			}
			w.BrandVoiceID = *in.BrandVoiceID
		}
		verb.Set(&w.NotifyEmails, in.NotifyEmails)
		verb.Set(&w.CreditsLowAt, in.CreditsLowAt)
		verb.Set(&w.RequireApproval, in.RequireApproval)
		verb.Set(&w.FeedEnabled, in.FeedEnabled)
		return saveWorkspace(ctx, tx, w)
	})
}

func saveWorkspace(ctx context.Context, tx *store.Tx, w domain.Workspace) (domain.Workspace, error) {
	w, err := tx.SaveWorkspace(ctx, w)
	if err != nil {
		return w, err
	}
	return w, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: w.ID},
		domain.WorkspaceChanged{CompanyName: w.Name, Plan: w.Plan, Timezone: w.Timezone})
}

// Check notes every fault that is seen without the database.
func (in UpdateProfile) Check(p *domain.Problems) {
	verb.CheckText(p, "company_name", in.CompanyName, domain.LimitCompanyName)
	checkTimezone(p, in.Timezone)
	if in.NotifyEmails != nil {
		checkEmails(p, *in.NotifyEmails)
	}
	if in.CreditsLowAt != nil {
		domain.LimitCreditsLow.Value(p, "credits_low_at", *in.CreditsLowAt)
	}
}

func (in UpdateProfile) validate(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	var p domain.Problems
	in.Check(&p)
	if in.BrandVoiceID != nil && *in.BrandVoiceID != 0 {
		_, err := tx.LockBrandVoice(ctx, workspaceID, *in.BrandVoiceID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			p.Missing("default_brand_voice_id", "brand voice", *in.BrandVoiceID)
		} else if err != nil {
			return err
		}
	}
	return p.Err()
}

func checkEmails(p *domain.Problems, list []string) {
	domain.LimitNotifyEmails.List(p, "notification_emails", list)
	for i, address := range list {
		checkEmail(p, verb.Path("notification_emails", i), address)
	}
}

// checkEmail notes a fault unless the text is one bare address: an address with a name
// beside it would be another entry for the same mailbox.
func checkEmail(p *domain.Problems, path, address string) {
	if !domain.IsEmailAddress(address) {
		p.Format(path, "an e-mail address such as editor@example.com")
	}
}

func checkTimezone(p *domain.Problems, zone *string) {
	if zone == nil {
		return
	}
	if _, err := time.LoadLocation(*zone); err != nil || *zone == "" || *zone == "Local" {
		p.Format("timezone", "an IANA time zone such as Europe/Berlin")
	}
}

// SetWorkspace is the operator's change to what the workspace itself may not
// change. A nil field stays as it is.
type SetWorkspace struct {
	Plan        *domain.Plan
	CompanyName *string
	Slug        *string
	Timezone    *string
}

// SetWorkspace is for the operator: it changes what the workspace itself may not.
func (v *Verbs) SetWorkspace(ctx context.Context, in SetWorkspace) (domain.Workspace, error) {
	if err := verb.Operator(ctx); err != nil {
		return domain.Workspace{}, err
	}
	var p domain.Problems
	in.Check(&p)
	if err := p.Err(); err != nil {
		return domain.Workspace{}, err
	}
	w, err := verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Workspace, error) {
		w, err := tx.Workspace(ctx, a.WorkspaceID)
		if err != nil {
			return w, err
		}
		verb.Set(&w.Plan, in.Plan)
		verb.Set(&w.Name, in.CompanyName)
		verb.Set(&w.Slug, in.Slug)
		verb.Set(&w.Timezone, in.Timezone)
		return saveWorkspace(ctx, tx, w)
	})
	if err == nil {
		v.keys.Forget(w.ID)
	}
	return w, err
}

// CreateWorkspace asks for a further workspace.
type CreateWorkspace struct {
	Slug        string // the name in the address of its feed, unique in the installation
	CompanyName string
	Plan        domain.Plan // empty: enterprise
	Timezone    string      // IANA name; empty: UTC
}

// CreateWorkspace is for the operator: it creates a further workspace, with brand voices,
// agents, credits and a key of its owner's, whose secret is shown only once. Nothing of
// another workspace can be seen in it. A slug that is taken is a CONFLICT.
func (v *Verbs) CreateWorkspace(ctx context.Context, in CreateWorkspace) (FirstStart, error) {
	if err := verb.Operator(ctx); err != nil {
		return FirstStart{}, err
	}
	w := domain.Workspace{
		Slug:        in.Slug,
		Name:        in.CompanyName,
		Plan:        cmp.Or(in.Plan, domain.PlanEnterprise),
		Timezone:    cmp.Or(in.Timezone, "UTC"),
		FeedEnabled: true,
	}
	var p domain.Problems
	in.Check(&p)
	if err := p.Err(); err != nil {
		return FirstStart{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, _ domain.Actor) (FirstStart, error) {
		return found(ctx, tx, w)
	})
}

// Check notes every fault of the input.
func (in CreateWorkspace) Check(p *domain.Problems) {
	set := SetWorkspace{CompanyName: &in.CompanyName, Slug: &in.Slug}
	if in.Plan != "" {
		set.Plan = &in.Plan
	}
	if in.Timezone != "" {
		set.Timezone = &in.Timezone
	}
	set.Check(p)
}

// Check notes every fault of the input.
func (in SetWorkspace) Check(p *domain.Problems) {
	verb.CheckText(p, "company_name", in.CompanyName, domain.LimitCompanyName)
	checkTimezone(p, in.Timezone)
	if in.Plan != nil && !in.Plan.Valid() {
		p.NotOneOf("plan", in.Plan.Values())
	}
	verb.CheckText(p, "slug", in.Slug, domain.LimitWorkspaceSlug)
	verb.CheckSlug(p, "slug", in.Slug)
}
