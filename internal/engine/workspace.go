package engine

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Profile returns the caller's workspace.
func (e *Engine) Profile(ctx context.Context) (domain.Workspace, error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.Workspace{}, err
	}
	return e.o.Store.Read().Workspace(ctx, a.WorkspaceID)
}

// UpdateProfile changes the caller's workspace.
func (e *Engine) UpdateProfile(ctx context.Context, in UpdateProfile) (domain.Workspace, error) {
	return change(ctx, e, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Workspace, error) {
		w, err := tx.Workspace(ctx, a.WorkspaceID)
		if err != nil {
			return w, err
		}
		if err := in.check(w.Revision); err != nil {
			return w, err
		}
		if err := in.validate(ctx, tx, a.WorkspaceID); err != nil {
			return w, err
		}
		set(&w.Name, in.CompanyName)
		set(&w.Timezone, in.Timezone)
		set(&w.BrandVoiceID, in.VoiceID)
		set(&w.NotifyEmails, in.NotifyEmails)
		set(&w.RequireApproval, in.RequireApproval)
		set(&w.FeedEnabled, in.FeedEnabled)
		return saveWorkspace(ctx, tx, w)
	})
}

func saveWorkspace(ctx context.Context, tx *store.Tx, w domain.Workspace) (domain.Workspace, error) {
	w, err := tx.SaveWorkspace(ctx, w)
	if err != nil {
		return w, err
	}
	return w, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: w.ID}, domain.WorkspaceChanged{CompanyName: w.Name, Plan: w.Plan, Timezone: w.Timezone})
}

// set stores a changed value; nil is no change.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (in UpdateProfile) validate(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	var p domain.Problems
	checkName(&p, "company_name", in.CompanyName)
	checkTimezone(&p, in.Timezone)
	if in.NotifyEmails != nil {
		for i, address := range *in.NotifyEmails {
			if _, err := mail.ParseAddress(address); err != nil {
				p.Add(fmt.Sprintf("notify_emails.%d", i), "%q is not an e-mail address", address)
			}
		}
	}
	if in.VoiceID != nil && *in.VoiceID != 0 {
		if _, err := tx.BrandVoice(ctx, workspaceID, *in.VoiceID); err != nil {
			p.Add("default_brand_voice_id", "There is no brand voice %d", *in.VoiceID)
		}
	}
	return p.Err()
}

func checkName(p *domain.Problems, path string, name *string) {
	if name == nil {
		return
	}
	if n := len([]rune(strings.TrimSpace(*name))); n == 0 || n > 120 {
		p.Add(path, "The name must have between 1 and 120 characters")
	}
}

func checkTimezone(p *domain.Problems, zone *string) {
	if zone == nil {
		return
	}
	if _, err := time.LoadLocation(*zone); err != nil || *zone == "" || *zone == "Local" {
		p.Add("timezone", "%q is not an IANA time zone such as Europe/Berlin", *zone)
	}
}

var slugShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// checkSlug notes a fault unless s is nil or a slug of an allowed length.
func checkSlug(p *domain.Problems, l domain.Limit, s *string) {
	if s == nil {
		return
	}
	l.Text(p, "slug", *s)
	if strings.TrimSpace(*s) != "" && !slugShape.MatchString(*s) {
		p.Format("slug", "lower-case letters and digits, with hyphens between them")
	}
}

// SetWorkspace is the operator's: it changes what the workspace itself may not.
func (e *Engine) SetWorkspace(ctx context.Context, in SetWorkspace) (domain.Workspace, error) {
	if err := operator(ctx); err != nil {
		return domain.Workspace{}, err
	}
	var p domain.Problems
	checkName(&p, "company_name", in.CompanyName)
	checkTimezone(&p, in.Timezone)
	if in.Plan != nil && !in.Plan.Valid() {
		oneOf(&p, "plan", *in.Plan, domain.Plans())
	}
	checkSlug(&p, domain.LimitWorkspaceSlug, in.Slug)
	if err := p.Err(); err != nil {
		return domain.Workspace{}, err
	}
	w, err := change(ctx, e, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Workspace, error) {
		w, err := tx.Workspace(ctx, a.WorkspaceID)
		if err != nil {
			return w, err
		}
		set(&w.Plan, in.Plan)
		set(&w.Name, in.CompanyName)
		set(&w.Slug, in.Slug)
		set(&w.Timezone, in.Timezone)
		return saveWorkspace(ctx, tx, w)
	})
	if err == nil {
		e.o.Keys.Forget(w.ID)
	}
	return w, err
}

// Credits returns the workspace's balance. The month is the calendar month in
// the workspace's time zone.
func (e *Engine) Credits(ctx context.Context) (domain.Balance, error) {
	w, err := e.Profile(ctx)
	if err != nil {
		return domain.Balance{}, err
	}
	q := e.o.Store.Read()
	b, err := q.CreditBalance(ctx, w.ID)
	if err != nil {
		return b, err
	}
	now := e.o.Store.Now().In(w.Location())
	b.UsedThisMonth, err = q.CreditsUsedSince(ctx, w.ID, time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, w.Location()))
	return b, err
}

// Ledger pages through the movements of credits, newest first.
func (e *Engine) Ledger(ctx context.Context, p domain.Page) (domain.List[domain.Movement], error) {
	a, err := caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Movement]{}, err
	}
	return e.o.Store.Read().CreditMovements(ctx, a.WorkspaceID, p)
}

// maxGrant keeps a typing error from granting more than the ledger can add up.
const maxGrant = 1_000_000_000

// GrantCredits is the operator's: it adds credits to the workspace.
func (e *Engine) GrantCredits(ctx context.Context, in GrantCredits) (domain.Balance, error) {
	if err := operator(ctx); err != nil {
		return domain.Balance{}, err
	}
	if in.Amount < 1 || in.Amount > maxGrant {
		var p domain.Problems
		p.Add("amount", "The amount must be between 1 and %d", maxGrant)
		return domain.Balance{}, p.Err()
	}
	_, err := change(ctx, e, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (domain.Balance, error) {
		return domain.Balance{}, grant(ctx, tx, a.WorkspaceID, in)
	})
	if err != nil {
		return domain.Balance{}, err
	}
	return e.Credits(ctx)
}

func grant(ctx context.Context, tx *store.Tx, workspaceID int64, in GrantCredits) error {
	err := tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: workspaceID, Kind: domain.MovementGrant, Amount: in.Amount,
		Step: in.Note, Reference: fmt.Sprintf("w%d:grant:%s", workspaceID, rand.Text())})
	if err != nil {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: workspaceID}, domain.CreditsGranted{Amount: in.Amount, Note: in.Note})
}
