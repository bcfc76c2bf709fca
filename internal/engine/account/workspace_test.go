package account_test

import (
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
)

// TestTheOperatorCreatesWorkspaces: a further workspace is whole, has an owner's key that
// acts in it alone, and takes the place of none.
func TestTheOperatorCreatesWorkspaces(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		create := func(in account.CreateWorkspace) (account.FirstStart, error) {
			return k.Account.CreateWorkspace(k.Operator(), in)
		}
		first, err := create(account.CreateWorkspace{
			Slug: "acme", CompanyName: "Acme Corp", Plan: domain.PlanBusiness, Timezone: "Europe/Berlin",
		})
		if err != nil {
			t.Fatal(err)
		}
		w := first.Workspace
		if w.ID == k.Ours.ID || w.ID == k.Theirs.ID || w.Plan != domain.PlanBusiness || w.Timezone != "Europe/Berlin" ||
			w.BrandVoiceID == 0 || first.Key.Key.WorkspaceID != w.ID || first.Key.Key.Role != domain.RoleOwner {
			t.Errorf("%+v", first)
		}
		owner := domain.WithActor(t.Context(), domain.OperatorActor(w.ID))
		if b, err := k.Account.Credits(owner); err != nil || b.Available != 10_000 {
			t.Errorf("credits: %+v %v", b, err)
		}
		keys, err := k.Account.Keys(owner, account.ListKeys{Page: enginetest.FirstPage()})
		if err != nil || len(keys.Items) != 1 {
			t.Errorf("keys: %+v %v", keys, err)
		}
		for field, in := range map[string]account.CreateWorkspace{
			"slug":         {Slug: "Acme Corp", CompanyName: "Acme"},
			"company_name": {Slug: "acme-2"},
			"plan":         {Slug: "acme-2", CompanyName: "Acme", Plan: "golden"},
			"timezone":     {Slug: "acme-2", CompanyName: "Acme", Timezone: "Mars/Olympus"},
		} {
			if _, err := create(in); len(domain.AsError(err).Fields[field]) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := create(account.CreateWorkspace{Slug: "acme", CompanyName: "Acme"}); domain.CodeOf(
			err,
		) != domain.CodeConflict {
			t.Errorf("a slug that is taken: %v", err)
		}
		if _, err := k.Account.CreateWorkspace(k.Ctx(), account.CreateWorkspace{Slug: "x", CompanyName: "X"}); err == nil {
			t.Error("an owner created a workspace")
		}
	})
}
