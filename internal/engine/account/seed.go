package account

import (
	"context"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// firstCredits is what a workspace starts with.
const firstCredits = 10_000

// FirstStart is a new workspace, as the first start of an installation creates it.
type FirstStart struct {
	Workspace domain.Workspace
	Owner     domain.User
	Key       NewKey
}

// Bootstrap creates the first workspace with its owner, brand voices, agents,
// credits and a first key. It reports false where there is a workspace already.
func (v *Verbs) Bootstrap(ctx context.Context) (first FirstStart, made bool, err error) {
	all, err := v.store.Read().Workspaces(ctx)
	if err != nil || len(all) > 0 {
		return first, false, err
	}
	err = v.store.InTx(ctx, func(tx *store.Tx) error {
		// On several nodes the unique slug decides who is first.
		first, err = found(ctx, tx, domain.Workspace{
			Slug:        "main",
			Name:        "My workspace",
			Plan:        domain.PlanEnterprise,
			Timezone:    "UTC",
			FeedEnabled: true,
		})
		return err
	})
	if domain.CodeOf(err) == domain.CodeConflict {
		return FirstStart{}, false, nil // another node was first
	}
	return first, err == nil, err
}

// found creates a workspace with everything that work in it needs. The owner of all
// workspaces of an installation is the same person, until they have members of their own.
func found(ctx context.Context, tx *store.Tx, w domain.Workspace) (first FirstStart, err error) {
	if w, err = tx.CreateWorkspace(ctx, w); err != nil {
		return first, err
	}
	ctx = domain.WithActor(ctx, domain.OperatorActor(w.ID))
	if first.Owner, err = auth.Bootstrap(ctx, tx, w.ID, "Owner", "owner@localhost"); err != nil {
		return first, err
	}
	if first.Workspace, err = seed(ctx, tx, w); err != nil {
		return first, err
	}
	first.Key, err = issue(ctx, tx, domain.OperatorActor(w.ID), domain.Key{
		WorkspaceID: w.ID,
		Name:        "First key",
		Role:        domain.RoleOwner,
		Scopes:      []domain.Scope{domain.ScopeAdmin, domain.ScopeMCPFull},
	}, false)
	return first, err
}

func seed(ctx context.Context, tx *store.Tx, w domain.Workspace) (domain.Workspace, error) {
	if err := grant(ctx, tx, w.ID, GrantCredits{Amount: firstCredits, Note: "Welcome"}); err != nil {
		return w, err
	}
	for i, v := range seededBrandVoices() {
		v, err := tx.CreateBrandVoice(ctx, w.ID, v)
		if err != nil {
			return w, err
		}
		if i > 0 {
			continue
		}
		if err := tx.SetDefaultBrandVoice(ctx, w.ID, v.ID); err != nil {
			return w, err
		}
	}
	for _, a := range seededAgents() {
		if _, err := tx.CreateAgent(ctx, w.ID, a); err != nil {
			return w, err
		}
	}
	return tx.Workspace(ctx, w.ID)
}

// seededBrandVoices are the first brand voices; the first of them becomes the default.
func seededBrandVoices() []domain.BrandVoice {
	return []domain.BrandVoice{
		{
			Name:         "Plain and warm",
			Description:  "Clear sentences, friendly and concrete.",
			Language:     "en",
			ReadingLevel: domain.ReadingGeneral,
			Tone:         []string{"clear", "warm", "concrete"},
			Audience:     "busy people who know their own field",
			Do: []string{
				"Say what something does before how it works",
				"Use short sentences and everyday words",
				"Address the reader as you",
			},
			Dont: []string{"Promise what cannot be shown", "Pile up adjectives"},
			PreferredTerms: []domain.PreferredTerm{
				{Use: "use", InsteadOf: "utilize"},
				{Use: "help", InsteadOf: "facilitate"},
			},
			BannedTerms: []string{"revolutionary", "game-changing", "best-in-class"},
		},
		{
			Name:           "Technical and exact",
			Description:    "For readers who will check every number.",
			Language:       "en",
			ReadingLevel:   domain.ReadingExpert,
			Tone:           []string{"exact", "calm"},
			Audience:       "engineers and architects",
			Do:             []string{"Name versions, units and limits", "Put the result first"},
			Dont:           []string{"Use metaphors where a figure would do"},
			PreferredTerms: []domain.PreferredTerm{{Use: "roughly", InsteadOf: "approximately"}},
			BannedTerms:    []string{"seamless", "cutting-edge", "world-class"},
		},
	}
}

func seededAgents() []domain.Agent {
	return []domain.Agent{
		{
			Name:        "Content Writer",
			Type:        domain.AgentInternal,
			IsActive:    true,
			Description: "Writes posts, e-mails, product and landing pages, and campaigns of them.",
			Capabilities: []string{
				"generate-blog-post", "generate-social-posts", "generate-article-outline", "generate-email-draft",
				"generate-product-description", "generate-landing-copy", "repurpose-content", "campaign-kit",
			},
		},
		{
			Name:        "Editor",
			Type:        domain.AgentInternal,
			IsActive:    true,
			Description: "Reviews what was written, keeps it up to date, and publishes what was approved.",
			Capabilities: []string{
				"review-content", "publish-content", "check-brand-voice", "refresh-content", "translate-content",
			},
		},
		{
			Name:         "Search Analyst",
			Type:         domain.AgentInternal,
			IsActive:     true,
			Description:  "Looks at how well a text can be found and read.",
			Capabilities: []string{"analyze-seo", "analyze-readability"},
		},
	}
}
